#!/usr/bin/env bash
# Makes the machine able to run the demo (`bootstrap.sh demo`) or the tests (`bootstrap.sh test`).
# Every step is skipped when what it gives is already there; finished installs leave a stamp file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:-demo}
venv=.venv

say() { printf '• %s\n' "$*" >&2; }
fail() {
    printf '\n%s\n' "$@" >&2
    exit 1
}

# --- what is missing ----------------------------------------------------------------------------

has_library() {
    case $(uname -s) in
        Darwin) brew list --versions pango >/dev/null 2>&1 ;;
        *) [[ $(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p) == *"$1.so"* ]] ;;
    esac
}
has_browser() {
    local name
    [[ -z ${CHROMIUM:-} && -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ]] && return
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    return 1
}
has_postgresql() {
    command -v initdb >/dev/null 2>&1 || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ||
        compgen -G "/opt/homebrew/opt/postgresql*/bin/initdb" >/dev/null
}
# veraPDF judges the documents; on macOS its tests are skipped where nobody installed a JDK.
has_jdk() { [[ $(uname -s) == Darwin ]] || command -v javac >/dev/null 2>&1; }
find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    return 1
}
has_venv() {
    [[ -x $venv/bin/python ]] || "$(find_python)" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# Prints the missing system packages, by the name they bear on Debian.
missing_packages() {
    find_python >/dev/null || echo python3
    has_venv || echo python3-venv
    has_library libpango-1.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0 || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset || echo libharfbuzz-subset0
    [[ $purpose == test ]] || return 0
    has_browser || echo chromium
    command -v redis-server >/dev/null 2>&1 || echo redis-server
    has_postgresql || echo postgresql
    has_jdk || echo default-jdk-headless
    command -v pdftotext >/dev/null 2>&1 || echo poppler-utils
}

# --- system packages ----------------------------------------------------------------------------

install_packages() {
    local packages=("$@") as_root=()
    if [[ $(uname -s) == Darwin ]]; then
        local formulas=(pango)
        [[ $purpose == test ]] && formulas+=(redis postgresql@16 poppler chromium)
        fail "Il manque des composants du système. Tapez :" "  brew install ${formulas[*]}" "puis recommencez."
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "Il manque l'équivalent de ces paquets Debian : ${packages[*]}." "Installez-les, puis recommencez."
    fi
    if [[ $(id -u) -ne 0 ]]; then
        if ! sudo -n true 2>/dev/null; then
            fail "Il manque des paquets du système. Tapez :" \
                "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}" "puis recommencez."
        fi
        as_root=(sudo -n)
    fi
    say "Paquets du système : ${packages[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    "${as_root[@]}" apt-get update -qq >/dev/null
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

missing=$(missing_packages)
if [[ -n $missing ]]; then
    # shellcheck disable=SC2086  # one package a word
    install_packages $missing
fi

# --- Python packages ----------------------------------------------------------------------------

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "Environnement Python"
    "$(find_python)" -m venv --clear "$venv"
fi

checksum() { cksum <"$1"; }
stamped() { [[ -f $venv/.installed-$1 && $(<"$venv/.installed-$1") == "$(checksum "$1")" ]]; }
stamp() { checksum "$1" >"$venv/.installed-$1"; }
install_lock() {
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"
}

case $purpose in
    demo)
        if ! stamped requirements.lock; then
            say "Dépendances de l'application"
            install_lock requirements.lock
            stamp requirements.lock
        fi
        ;;
    test)
        if ! stamped requirements-dev.lock || ! stamped requirements.lock; then
            say "Dépendances de l'application et des tests"
            install_lock requirements-dev.lock
            stamp requirements.lock
            stamp requirements-dev.lock
        fi
        ;;
    *) fail "Usage : scripts/bootstrap.sh demo|test" ;;
esac
