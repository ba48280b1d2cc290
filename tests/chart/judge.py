"""Judges deploy/chart: renders it by Helm with several values, and looks at every object by Kubernetes' own schemas and by the house's rules.

script/test fetches what this needs: Helm (in a package of npm), kubernetes-validate, promtool (in Debian's prometheus).
Usage: judge.py HELM PROMTOOL
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

CHART = pathlib.Path("deploy/chart")
ROLES = {"api", "relay", "projector", "feed", "mailer", "worker"}
KUBERNETES = ["1.29", "1.33", "1.35"]
# Kinds of others, which Kubernetes has no schemas for.
FOREIGN = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}

PLAIN = {}
EVERYTHING = {
    "image": {"repository": "registry.example/onboarding", "digest": "sha256:" + "a" * 64},
    "settings": {"mail_from": "Mon Espace <compte@exemple.fr>", "flow": "private"},
    "catalogue": "[legal]\n",
    "autoscaling": {"api": {"enabled": True}, "feed": {"enabled": True}},
    "ingress": {"enabled": True, "className": "nginx", "annotations": {"a": "b"}, "tlsSecretName": "tls"},
    "gateway": {"enabled": True, "parentRefs": [{"name": "outer", "namespace": "gateways"}]},
    "monitoring": {"serviceMonitor": True, "rules": True, "boards": True, "labels": {"release": "prometheus"}},
    "keys": {"storageClassName": "fast"},
    "imagePullSecrets": [{"name": "registry"}],
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"key": "onboarding", "operator": "Exists"}],
}
REFUSED = {
    "plain http": {"publicUrl": "http://compte.exemple.fr"},
    "a path": {"publicUrl": "https://exemple.fr/compte"},
    "a secret among the settings": {"settings": {"postgres_url": "postgres://u:p@h/d"}},
    "an unknown value": {"replicas": 3},
    "no limit of memory": {"roles": {"api": {"replicas": 1, "resources": {"requests": {"cpu": "1", "memory": "1Mi"}, "limits": {"memory": None}}}}},
    "a tag for a digest": {"image": {"repository": "x", "digest": "latest"}},
}

faults: list[str] = []


def expect(truth: object, message: str) -> None:
    if not truth:
        faults.append(message)


def render(helm: str, values: dict) -> subprocess.CompletedProcess:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(values, file)
        file.flush()
        command = [helm, "template", "try", str(CHART), "--namespace", "onboarding", "--values", file.name]
        return subprocess.run(command, capture_output=True, text=True)


def judge_pod(name: str, pod: dict) -> None:
    spec = pod["spec"]
    expect(spec.get("automountServiceAccountToken") is False, f"{name}: a token of Kubernetes is mounted")
    security = spec["securityContext"]
    expect(security.get("runAsNonRoot") and security["seccompProfile"]["type"] == "RuntimeDefault", f"{name}: root, or no seccomp")
    expect(len(spec["topologySpreadConstraints"]) == 2, f"{name}: not spread over machines and zones")
    for container in spec["initContainers"] + spec["containers"]:
        what = f"{name}/{container['name']}"
        own = container["securityContext"]
        expect(own.get("readOnlyRootFilesystem") is True, f"{what}: its root file system can be written to")
        expect(own.get("allowPrivilegeEscalation") is False, f"{what}: may gain rights")
        expect(own["capabilities"]["drop"] == ["ALL"], f"{what}: has capabilities")
        expect("memory" in container["resources"]["limits"] and "cpu" in container["resources"]["requests"], f"{what}: unbounded")
        expect(not container.get("env"), f"{what}: settings of its own in the environment")
        for source in container.get("envFrom", []):
            expect("secretRef" not in source, f"{what}: a secret in the environment")
    [main] = spec["containers"]
    expect(main["readinessProbe"]["httpGet"]["path"] == "/readyz", f"{name}: readiness is not asked for")
    expect(main["livenessProbe"]["httpGet"]["path"] == "/healthz", f"{name}: is started again while it waits for others")
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    expect(volumes["secret"]["secret"]["defaultMode"] == 0o440, f"{name}: secrets that others may read")


def judge(name: str, objects: list[dict]) -> None:
    workloads = [one for one in objects if one["kind"] in ("Deployment", "StatefulSet")]
    by_role = {one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]: one for one in workloads}
    expect(set(by_role) == ROLES, f"{name}: the roles are {sorted(by_role)}")
    for role, workload in by_role.items():
        template = workload["spec"]["template"]
        judge_pod(f"{name}: {role}", template)
        wanted = workload["spec"]["selector"]["matchLabels"]
        expect(wanted.items() <= template["metadata"]["labels"].items(), f"{name}: {role} does not select its own pods")
        expect(template["spec"]["containers"][0]["args"][-1] == role, f"{name}: {role} runs another role")
    kept = by_role["worker"]["spec"]
    expect(kept["volumeClaimTemplates"], f"{name}: the keys of epochs are on no volume")
    expect(kept["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain", f"{name}: keys go with the release")
    protected = {one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] for one in objects if one["kind"] == "PodDisruptionBudget"}
    expect(protected == ROLES, f"{name}: no disruption budget for {ROLES - protected}")
    policies = [one["spec"] for one in objects if one["kind"] == "NetworkPolicy"]
    closed = [one for one in policies if set(one["policyTypes"]) == {"Ingress", "Egress"} and "app.kubernetes.io/component" not in one["podSelector"]["matchLabels"]]
    expect(closed, f"{name}: no policy closes what is not opened")
    into_pages = [rule for one in policies for rule in one.get("ingress", []) if {"port": "http", "protocol": "TCP"} in rule["ports"]]
    expect(all(rule["from"] for rule in into_pages), f"{name}: everybody reaches the pages")
    admin = [port for one in objects if one["kind"] in ("Ingress", "HTTPRoute") for port in re.findall(r"8081|admin", json.dumps(one))]
    expect(not admin, f"{name}: the admin listener is published")
    names = [(one["kind"], one["metadata"]["name"]) for one in objects]
    expect(len(names) == len(set(names)), f"{name}: an object stands there twice")
    for one in objects:
        if one["kind"] in FOREIGN:
            continue
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as fault:
                faults.append(f"{name}: {one['kind']} {one['metadata']['name']} by Kubernetes {version}: {fault}")


def known_metrics() -> set[str]:
    source = pathlib.Path("services/runtime/src/telemetry/help.rs").read_text()
    return set(re.findall(r'"(onboarding_[a-z0-9_]+)"', source))


def judge_monitoring(promtool: str) -> None:
    known = known_metrics()
    alerts = yaml.safe_load((CHART / "files/alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    pages = pathlib.Path("docs/alerts.md").read_text()
    for rule in rules:
        expect(f"## {rule['alert']}\n" in pages, f"{rule['alert']} has no page in docs/alerts.md")
        expect(rule["annotations"]["runbook_url"] == f"docs/alerts.md#{rule['alert'].lower()}", f"{rule['alert']} leads elsewhere")
        expect(rule["labels"]["severity"] in ("page", "ticket"), f"{rule['alert']}: who is woken?")
    for heading in re.findall(r"^## (Onboarding\w+)$", pages, re.M):
        expect(heading in {rule["alert"] for rule in rules}, f"docs/alerts.md tells of {heading}, which is no alert")
    boards = [json.loads(file.read_text()) for file in sorted((CHART / "files/boards").glob("*.json"))]
    asked = [(board["title"], target["expr"]) for board in boards for panel in board["panels"] for target in panel.get("targets", [])]
    expect(asked, "there is no board")
    expressions = [("an alert", rule["expr"]) for rule in rules] + asked
    for where, expression in expressions:
        for metric in re.findall(r"onboarding_[a-z0-9_]+", expression):
            expect(metric in known, f"{where}: nobody measures {metric}")
    # Boards' questions are judged as rules, which promtool can read.
    as_rules = {"groups": [{"name": "boards", "rules": [
        {"record": f"board:{index}", "expr": expression.replace("$__rate_interval", "5m")} for index, (_, expression) in enumerate(asked)
    ]}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(as_rules, file)
        file.flush()
        for command in (
            ["check", "rules", str(CHART / "files/alerts.yaml"), file.name],
            ["test", "rules", "tests/chart/alerts.test.yaml"],
        ):
            told = subprocess.run([promtool, *command], capture_output=True, text=True)
            expect(told.returncode == 0, f"promtool {' '.join(command[:2])}: {told.stdout}{told.stderr}")


def main(helm: str, promtool: str) -> None:
    for name, values in (("plain", PLAIN), ("everything", EVERYTHING)):
        rendered = render(helm, values)
        expect(rendered.returncode == 0, f"{name}: {rendered.stderr}")
        judge(name, [one for one in yaml.safe_load_all(rendered.stdout) if one])
    for name, values in REFUSED.items():
        expect(render(helm, values).returncode != 0, f"the chart takes {name}")
    linted = subprocess.run([helm, "lint", "--strict", str(CHART)], capture_output=True, text=True)
    expect(linted.returncode == 0, linted.stdout)
    judge_monitoring(promtool)
    for fault in faults:
        print(fault)
    print(f"test result: chart. {0 if faults else 1} passed; {len(faults)} failed;")
    sys.exit(bool(faults))


main(*sys.argv[1:])
