# Paperfeed for self-hosters: docs/self-host.md. Build: docker build -t paperfeed .
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOST=0.0.0.0 \
    PORT=8000

WORKDIR /app
COPY requirements.txt requirements-notify.txt ./
RUN pip install -r requirements.txt -r requirements-notify.txt

COPY core core
COPY api api
COPY public public
COPY config.json config.schema.json ./

# The store's folder is the one place that is written to.
RUN useradd --system --uid 10001 paperfeed && mkdir .data && chown paperfeed .data
USER 10001
VOLUME /app/.data
EXPOSE 8000

# Any answer means that it runs; whether an announcement was missed is for /health to say.
HEALTHCHECK --interval=1m --timeout=5s --start-period=6m \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('HEAD', '/config'); c.getresponse()"]

# Serves, and refreshes whenever arXiv has announced something.
CMD ["python", "-m", "core", "serve"]
