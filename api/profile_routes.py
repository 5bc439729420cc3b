"""The addresses of profiles; what answers there is loaded when the first of them is asked for."""

from fastapi import APIRouter, Request, Response

from api.services import WithServices

router = APIRouter()

READ = ("GET", "HEAD")
ADDRESSES = {
    "/profiles": (*READ, "POST"),
    "/profiles/preview": ("POST",),
    "/u/{token}": (*READ, "PUT", "DELETE"),
    "/u/{token}/rss": READ,
    "/u/{token}/atom": READ,
    "/u/{token}/json": READ,
    "/u/{token}/all/rss": READ,
    "/u/{token}/all/atom": READ,
    "/u/{token}/all/json": READ,
    "/u/{token}/opml": READ,
    "/u/{token}/vote": READ,
    "/u/{token}/votes": ("POST",),
    "/u/{token}/feeds": ("POST",),
    "/u/{token}/seeds": ("POST",),
    "/u/{token}/zotero": ("POST",),
    "/u/{token}/rotate": ("POST",),
    "/u/{token}/delete": ("POST",),
    "/u/{token}/export": READ,
    "/u/{token}/import": ("POST",),
}


def _add(path: str, methods: tuple[str, ...]) -> None:
    async def answer(request: Request, services: WithServices) -> Response:
        from api.profile_handlers import HANDLERS  # noqa: PLC0415

        method = "GET" if request.method == "HEAD" else request.method
        return await HANDLERS[method, path](request, services)

    router.add_api_route(path, answer, methods=list(methods), response_class=Response)


for _path, _methods in ADDRESSES.items():
    _add(_path, _methods)
