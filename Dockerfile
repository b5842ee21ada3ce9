# The grown size: the same image runs web, worker, scheduler and sweeper (see compose.yaml).

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/base.txt /tmp/base.txt
RUN pip install --require-hashes --requirement /tmp/base.txt
WORKDIR /srv/clinic
COPY . .
# Settings want keys; these live in a folder that only the build sees.
ENV DATA_DIR=/tmp/build
RUN python -c "from pathlib import Path; from clinic_site.keys import make_missing_secrets as make; make(Path('/tmp/build/keys'))" \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --no-input \
    && python -m compileall -q clinic_site coordinators inquiries treatments

FROM python:3.12-slim
RUN groupadd --gid 10001 clinic \
    && useradd --uid 10001 --gid clinic --no-create-home --home-dir /srv/data --shell /usr/sbin/nologin clinic \
    && install --directory --owner clinic --group clinic --mode 0700 /srv/data /srv/data/files
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/clinic /srv/clinic
COPY --from=build --chown=clinic:clinic /tmp/build/static /srv/data/static
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/srv/data \
    PORT=8000
WORKDIR /srv/clinic
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "script/healthcheck.py"]
# A production that is missing something does not start: the checks say what, and how to set it.
CMD ["sh", "-c", "python manage.py check --deploy --database default && exec gunicorn --config python:clinic_site.web_server --worker-tmp-dir /dev/shm --bind 0.0.0.0:$PORT"]
