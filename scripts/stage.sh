# Sourced by the scripts that run checks: `stage "label" command…` runs quietly and remembers failures.
# shellcheck shell=bash

failed_stages=()

# Runs the command; prints one line, then its output if it failed. Returns the command's verdict.
stage() {
    local label=$1 started=$SECONDS
    shift
    if stage_output=$("$@" 2>&1); then
        printf '✓ %s (%d s)\n' "$label" $((SECONDS - started))
    else
        failed_stages+=("$label")
        printf '✗ %s (%d s)\n%s\n' "$label" $((SECONDS - started)) "$stage_output"
        return 1
    fi
}

# A stage whose command is pytest: shows its closing line when it passes.
suite() {
    stage "$@" && printf '  %s\n' "${stage_output##*$'\n'}"
}
