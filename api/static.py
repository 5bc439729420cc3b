"""The files of ``public/``, where no edge serves them."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.staticfiles import StaticFiles

from api.caching import STATIC


def router_of(folder: Path) -> APIRouter:
    """One address for each file, so that any other keeps its own 404 or 405."""
    router, files = APIRouter(), StaticFiles(directory=folder)

    def add(name: str) -> None:
        async def file(request: Request) -> Response:
            response = await files.get_response(name, request.scope)
            response.headers["Cache-Control"] = STATIC.header
            return response

        router.add_api_route(f"/{name}", file, methods=["GET", "HEAD"], response_class=Response)

    for path in sorted(folder.iterdir()):
        if path.is_file():
            add(path.name)
    return router
