#!/usr/bin/env bash
# Takes one VM through its life on the cluster that kubectl points at, in a namespace of its own: import, boot,
# stop, start, restart, delete. Needs bash and kubectl; exits 0 when every step passed.
set -euo pipefail

usage() {
  cat <<END
Usage: deploy/test-vm-lifecycle.sh

The image comes from IMAGE_URL, or else from a VMTemplate that is in the cluster already.

  IMAGE_URL      http(s) address of a disk image
  IMAGE_SHA256   its SHA-256; not verified when empty
  TEMPLATE       NAMESPACE/NAME of the template to copy; by default the first one, that of the examples before others
  CPUS, MEMORY, DISK_SIZE, STORAGE_CLASS   of the VM; 1, 512Mi, 10Gi, and the cluster's default class
  CONSOLE_TEXT   what the guest's console must show after each boot, as for grep; by default any line
  NAMESPACE      to make and remove (default: vm-lifecycle-<process id>)
  IMPORT_TIMEOUT, TIMEOUT   seconds for the import (900) and for each other step (300)
  KEEP=1         leave the namespace as it is at the end
END
}

namespace=${NAMESPACE:-vm-lifecycle-$$}
step_timeout=${TIMEOUT:-300}
import_timeout=${IMPORT_TIMEOUT:-900}
passed=0
current=

k() { kubectl --namespace "$namespace" "$@"; }

vm_field() { k get vm guest --output "jsonpath={$1}"; }

step() {
  current=$1
  shift
  local began=$SECONDS
  "$@"
  passed=$((passed + 1))
  printf 'PASS  %s (%d s)\n' "$current" $((SECONDS - began))
}

fail() {
  printf 'FAIL  %s: %s\n' "$current" "$1" >&2
  exit 1
}

# Asks again until the command succeeds; what it waits for has no condition that `kubectl wait` knows.
eventually() {
  local what=$1 deadline=$((SECONDS + step_timeout))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$what: not within $step_timeout s"
    sleep 1
  done
}

diagnose() {
  {
    echo
    echo "--- what is in namespace $namespace"
    k get vm,vmop,vmtemplate,pods,pvc --output wide
    echo "--- why, as the template and the VM tell it"
    k get vm,vmtemplate --output 'jsonpath={range .items[*].status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
    echo "--- last events"
    k get events --sort-by=.metadata.creationTimestamp | tail -n 30
  } >&2 2>&1 || true
}

finish() {
  local code=$?
  trap - EXIT
  # Before the first step has passed, there is no namespace of ours.
  [ "$code" -eq 0 ] || [ "$passed" -eq 0 ] || diagnose
  if [ "$passed" -gt 0 ] && [ -z "${KEEP:-}" ]; then
    kubectl delete namespace "$namespace" --ignore-not-found --timeout="${step_timeout}s" >/dev/null ||
      echo "namespace $namespace is still there" >&2
  fi
  if [ "$code" -eq 0 ]; then
    printf '\n%d passed, 0 failed\n' "$passed"
  else
    printf '\n%d passed, 1 failed: %s\n' "$passed" "$current" >&2
  fi
  exit "$code"
}

# --- the steps

template_spec() {
  if [ -n "${IMAGE_URL:-}" ]; then
    local checksum=
    [ -z "${IMAGE_SHA256:-}" ] || checksum=", checksum: { type: sha256, value: '$IMAGE_SHA256' }"
    echo "{ image: { source: { http: { url: '$IMAGE_URL'$checksum } } } }"
    return
  fi
  local found=${TEMPLATE:-}
  [ -n "$found" ] || found=$(first_template default) || found=$(first_template) || return
  kubectl --namespace "${found%/*}" get vmtemplate "${found#*/}" --output 'jsonpath={.spec}'
}

# NAMESPACE/NAME of the first template, in one namespace or in all.
first_template() {
  local scope=(--all-namespaces)
  [ -z "${1:-}" ] || scope=(--namespace "$1")
  kubectl get vmtemplate "${scope[@]}" \
    --output 'jsonpath={.items[0].metadata.namespace}/{.items[0].metadata.name}' 2>/dev/null
}

create_namespace() { kubectl create namespace "$namespace" >/dev/null; }

import_template() {
  local spec
  spec=$(template_spec) || fail 'no VMTemplate in the cluster: set IMAGE_URL'
  k apply -f - >/dev/null <<END
apiVersion: hypersdk.io/v1alpha1
kind: VMTemplate
metadata:
  name: image
spec: $spec
END
  k wait vmtemplate/image --for=jsonpath='{.status.phase}'=Ready --timeout="${import_timeout}s" >/dev/null
}

create_vm() {
  k apply -f - >/dev/null <<END
apiVersion: hypersdk.io/v1alpha1
kind: VirtualMachine
metadata:
  name: guest
spec:
  cpus: ${CPUS:-1}
  memory: ${MEMORY:-512Mi}
  running: true
  image:
    templateRef:
      name: image
  disks:
    - name: root
      size: ${DISK_SIZE:-10Gi}
      ${STORAGE_CLASS:+storageClass: $STORAGE_CLASS}
  networks:
    - name: default
      type: pod-network
END
  wait_until_running
}

wait_until_running() {
  k wait vm/guest --for=condition=Running --timeout="${step_timeout}s" >/dev/null
  k wait vm/guest --for=condition=Ready --timeout="${step_timeout}s" >/dev/null
  epoch=$(vm_field .status.epoch)
  pod=$(vm_field .status.podName)
}

console_shows_text() { k logs "$pod" --container qemu | grep -e "${CONSOLE_TEXT:-.}"; }

console_speaks() { eventually "the log of $pod" console_shows_text; }

operate() {
  k apply -f - >/dev/null <<END
apiVersion: hypersdk.io/v1alpha1
kind: VMOperation
metadata:
  name: guest-$1
spec:
  vmRef:
    name: guest
  operation: $1
END
  eventually "operation $1" operation_is_over "$1"
  [ "$(k get vmop "guest-$1" --output 'jsonpath={.status.phase}')" = Succeeded ] ||
    fail "$(k get vmop "guest-$1" --output 'jsonpath={.status.phase}: {.status.message}')"
}

operation_is_over() {
  case $(k get vmop "guest-$1" --output 'jsonpath={.status.phase}') in
    Succeeded | Failed | Cancelled) return 0 ;;
    *) return 1 ;;
  esac
}

stop_vm() {
  operate stop
  k wait vm/guest --for=jsonpath='{.status.phase}'=Stopped --timeout="${step_timeout}s" >/dev/null
  k wait "pod/$pod" --for=delete --timeout="${step_timeout}s" >/dev/null
  [ "$(vm_field .spec.running)" = false ] || fail 'spec.running still asks for a running VM'
  [ -n "$(k get pvc --selector vm=guest --output name)" ] || fail 'the disk did not survive the stop'
}

# start and restart: the guest runs again, in a new pod of a higher epoch.
bring_up() {
  local old_epoch=$epoch old_pod=$pod
  operate "$1"
  eventually 'a new epoch' epoch_is_above "$old_epoch"
  wait_until_running
  [ "$pod" != "$old_pod" ] || fail "the pod is still $old_pod"
  console_speaks
}

epoch_is_above() { [ "$(vm_field .status.epoch)" -gt "$1" ]; }

delete_all() {
  k delete vm guest --timeout="${step_timeout}s" >/dev/null
  k delete vmop,vmtemplate --all --timeout="${step_timeout}s" >/dev/null
}

# Some clusters put Secrets of their own into each namespace; they are of these types.
nothing_is_left() {
  local left
  left=$(
    k get pods,pvc --output name &&
      k get secrets --output name \
        --field-selector type!=kubernetes.io/service-account-token,type!=kubernetes.io/dockercfg
  ) && [ -z "$left" ]
}

leaves_nothing() { eventually 'pods, claims and secrets to go' nothing_is_left; }

if [ $# -gt 0 ]; then
  usage
  exit 2
fi
trap finish EXIT
step 'create a namespace' create_namespace
step 'import the template' import_template
step 'create the VM, and it runs' create_vm
k get vm
step 'the guest writes to its console' console_speaks
step 'stop it by an operation; its disk stays' stop_vm
step 'start it by an operation, in a new pod' bring_up start
step 'restart it by an operation, in a new pod' bring_up restart
k get vm --output wide
step 'delete it' delete_all
step 'no pod, claim or secret is left' leaves_nothing
