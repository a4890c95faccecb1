"""A real API server of Kubernetes with its etcd, on loopback: it defaults, validates, admits and asks for rights.

Nothing runs in it, and no controller acts: a Deployment stays without pods, and a namespace is never emptied. So pods
are admitted by asking the server to create them in a dry run, as its controllers would.
"""

import http.client
import itertools
import json
import ssl
import subprocess
import threading
import time

import yaml

from mlexporter.demo.programs import HOST, Child, free_port

DEFINITIONS = ("servicemonitors", "podmonitors", "prometheusrules", "alertmanagerconfigs")
"""What of prometheus-operator is installed: what the chart may contain."""
STARTING_SECONDS = 120.0
WRITTEN_DOWN = {
    "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}],
}  # fmt: skip
_TOKEN = "token-of-the-administrator"
_TEST_RUN = "?dryRun=All&fieldValidation=Strict"


class Refused(Exception):  # noqa: N818 - the server refused, which tests ask for
    """The API server said no; ``status`` is that of HTTP, the text what it said."""

    def __init__(self, status, said):
        """Keep what was answered."""
        super().__init__(f"{status}: {said}")
        self.status = status


class Cluster:
    """An API server of which ``folder`` holds everything; ``programs`` is the folder of install-kubernetes."""

    def __init__(self, folder, programs):
        """Start etcd and the API server, and return when it is ready and knows prometheus-operator's objects."""
        self.folder, self.port = folder, free_port()
        self._numbers, self._paths = itertools.count(1), None
        self._asking, self._connection = threading.Lock(), None
        store, peers = (f"http://{HOST}:{free_port()}" for _ in range(2))
        etcd = [
            str(programs / "etcd"), f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync", "--log-level=error",
            f"--listen-client-urls={store}", f"--advertise-client-urls={store}", f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=default={peers}",
        ]  # fmt: skip
        self._children = [Child("etcd", etcd, folder / "etcd.log")]
        try:
            server = [str(programs / "kube-apiserver"), *self._flags(store)]
            self._children.append(Child("kube-apiserver", server, folder / "kube-apiserver.log"))
            self._children[-1].wait_until(self._is_ready, seconds=STARTING_SECONDS)
            self._define(programs / "crds")
        except BaseException:
            self.stop()
            raise

    def _flags(self, store):
        key = self.folder / "service-accounts.key"
        made = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key]
        subprocess.run(made, check=True, capture_output=True)
        policy = self.folder / "audit.yaml"
        policy.write_text(yaml.safe_dump(WRITTEN_DOWN), encoding="utf-8")
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{_TOKEN},administrator,1,system:masters\n", encoding="utf-8")
        return [
            f"--etcd-servers={store}", f"--bind-address={HOST}", f"--secure-port={self.port}",
            f"--cert-dir={self.folder / 'certificates'}", f"--token-auth-file={tokens}", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}", "--service-cluster-ip-range=10.0.0.0/24",
            # It keeps claims until a controller says that no pod uses them; there is none.
            "--disable-admission-plugins=StorageObjectInUseProtection",
            f"--audit-policy-file={policy}", f"--audit-log-path={self.folder / 'audit.log'}",
            # With it, nobody needs the right to list who has that to watch; the oldest clusters do not have it.
            "--feature-gates=WatchList=false",
            f"--advertise-address={HOST}", "--endpoint-reconciler-type=none",
        ]  # fmt: skip

    def _is_ready(self):
        try:
            return self._exchange("GET", "/readyz")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def _define(self, folder):
        for plural in DEFINITIONS:
            text = (folder / f"monitoring.coreos.com_{plural}.yaml").read_text(encoding="utf-8")
            self.define(definition_of(text))

    def define(self, definition):
        """Install a CustomResourceDefinition, and wait until its objects are served."""
        self.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        group, plural = definition["spec"]["group"], definition["spec"]["names"]["plural"]
        version = definition["spec"]["versions"][0]["name"]

        def is_served():
            return self._exchange("GET", f"/apis/{group}/{version}/{plural}")[0] == http.client.OK

        self._children[-1].wait_until(is_served, seconds=STARTING_SECONDS)

    def stop(self):
        """End both programs."""
        if self._connection is not None:
            self._connection.close()
        for child in reversed(self._children):
            child.stop()

    def ask(self, method, path, body=None, *, user=None):
        """Return what the server answers, as an object; ``user`` asks instead of the administrator.

        Raises:
            Refused: the server answered with another status than 2xx.
        """
        status, text = self._exchange(method, path, body, user)
        if status >= http.client.MULTIPLE_CHOICES:
            raise Refused(status, text)
        return json.loads(text)

    def _exchange(self, method, path, body=None, user=None):
        headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"}
        if user:
            headers["Impersonate-User"] = user
        # One connection for all: to begin one costs more than most questions.
        with self._asking:
            connection = self._connect()
            try:
                connection.request(method, path, None if body is None else json.dumps(body), headers)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except (OSError, http.client.HTTPException):
                connection.close()
                raise

    def _connect(self):
        if self._connection is None:
            # The server writes it when it starts.
            trust = ssl.create_default_context(cafile=self.folder / "certificates" / "apiserver.crt")
            self._connection = http.client.HTTPSConnection(HOST, self.port, timeout=30, context=trust)
        return self._connection

    def namespace(self, level="restricted"):
        """Make a namespace that enforces a level of pod security, with the account that pods have; return its name."""
        name = f"test-{next(self._numbers)}"
        labels = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn", "audit")}
        self.ask("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
        self.provide_account(name, "default")
        return name

    def provide_account(self, namespace, name):
        """Make an account of pods in a namespace, if there is none of this name."""
        self._provide(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": name}})

    def provide_priority(self, name):
        """Make a class of priorities, if there is none of this name; nothing without a name."""
        if name:
            path = "/apis/scheduling.k8s.io/v1/priorityclasses"
            self._provide(path, {"metadata": {"name": name}, "value": 1000})

    def _provide(self, path, thing):
        try:
            self.ask("POST", path, thing)
        except Refused as error:
            if error.status != http.client.CONFLICT:
                raise

    def admits_soon(self, namespace, thing, but_not):
        """Do as ``admit``, again for some seconds while the server says ``but_not``: it learns of new things late."""
        end = time.monotonic() + 20.0
        while True:
            try:
                return self.admit(namespace, thing)
            except Refused as error:
                if but_not not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def admit(self, namespace, thing):
        """Return an object as the server would create it, but do not create it; raises ``Refused``."""
        path = self._kinds()[thing["kind"]].format(namespace)
        placed = thing | {"metadata": thing["metadata"] | {"namespace": namespace}}
        return self.ask("POST", f"{path}{_TEST_RUN}", placed)

    def namespaced_kinds(self):
        """Return the kinds of which objects belong to a namespace."""
        return set(self._kinds())

    def contents(self, namespace):
        """Return ``Kind/name`` of everything in a namespace, whatever its kind."""
        return {
            f"{kind}/{each['metadata']['name']}"
            for kind, path in self._kinds().items()
            for each in self.ask("GET", path.format(namespace))["items"]
        }

    def read(self, namespace, kind, name=None):
        """Return the object of a kind and name in a namespace; without a name the list of all."""
        path = self._kinds()[kind].format(namespace)
        return self.ask("GET", path if name is None else f"{path}/{name}")

    def _kinds(self):
        if self._paths is None:
            # The first is that of the version which the server prefers.
            self._paths = dict(reversed(list(self._listable())))
        return self._paths

    def _listable(self):
        groups = self.ask("GET", "/apis")["groups"]
        preferred = [group["preferredVersion"]["groupVersion"] for group in groups]
        others = [version["groupVersion"] for group in groups for version in group["versions"]]
        roots = ["/api/v1", *(f"/apis/{each}" for each in dict.fromkeys([*preferred, *others]))]
        for root in roots:
            for resource in self.ask("GET", root)["resources"]:
                # What the server tells about objects is no part of what somebody has made.
                if resource["kind"] != "Event" and resource["namespaced"] and "list" in resource["verbs"]:
                    yield resource["kind"], f"{root}/namespaces/{{}}/{resource['name']}"

    def requests(self, user):
        """Return ``(group, resource, verb)`` of everything that a user has asked for, in namespaces, and was allowed."""
        asked = set()
        for line in (self.folder / "audit.log").read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            target = event.get("objectRef", {})
            is_theirs = event.get("impersonatedUser", {}).get("username") == user
            if (
                is_theirs
                and "namespace" in target
                and event["responseStatus"]["code"] != http.client.FORBIDDEN
            ):
                resource = "/".join(filter(None, (target["resource"], target.get("subresource"))))
                asked.add((target.get("apiGroup", ""), resource, event["verb"]))
        return asked

    def kubeconfig(self, user=None):
        """Return the path of a kubeconfig of the administrator, or of a user in whose name he acts."""
        path = self.folder / f"kubeconfig-{(user or 'administrator').replace(':', '-')}.yaml"
        server = {
            "server": f"https://{HOST}:{self.port}",
            "certificate-authority": str(self.folder / "certificates" / "apiserver.crt"),
        }
        account = {"token": _TOKEN} | ({"as": user} if user else {})
        parts = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "test", "user": account}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "current-context": "test",
        }
        path.write_text(yaml.safe_dump(parts), encoding="utf-8")
        return path


class _Loader(yaml.CSafeLoader):
    """Reads a bare ``=``, which is a value of an enumeration in a definition of prometheus-operator, as text."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def definition_of(text):
    """Return a CustomResourceDefinition of its YAML."""
    return yaml.load(text, _Loader)
