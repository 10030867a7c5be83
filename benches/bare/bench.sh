#!/bin/sh
# Smoke test, parity checks and benches of delos on a machine that has this folder and glibc, no more.
# usage: ./bench.sh --out DIR [options]        `./bench.sh --help` lists them
set -u

usage() {
    cat <<'TEXT'
usage: ./bench.sh --out DIR [--long] [--data DRIVE] [--ort PATH] [--only PATTERN] [--require-gpu]
                  [--seconds S] [--queries N] [--budget S]

  --out DIR        folder for results; must not exist
  --long           the long measurements (10,000 frames, or 100,000 frames or 600 s at a constant rate) in
                   place of the short ones, which take less than 9 minutes in all
  --data DRIVE     a KITTI raw drive, or what delos takes for one [default: the one packed here, else a
                   simulated one]
  --ort PATH       ONNX Runtime's library, a file or its folder [default: the one packed here]
  --only PATTERN   measure only what has a name that fits, for example 'cpu-*' or '*yolox*'
  --require-gpu    a machine without a usable GPU is a failure
  --seconds S      how long each short measurement counts [default: 8]
  --queries N      count so many frames instead, after two for warming up
  --budget S       begin no short measurement after so many seconds [default: 510]

Writes DIR/report.md, a JSON file for each measurement, parity.json and the output of everything in DIR/log.
Exit code: 0 all that could run has passed; 1 something failed; 2 the command line is wrong.
TEXT
}

# -- Options ---------------------------------------------------------------------------------------------------

here=$(cd "$(dirname "$0")" && pwd) || exit 1
out='' data='' ort='' only='*' long='' gpu_required='' seconds=8 queries='' budget=510
wrong() { echo "bench.sh: $1; --help lists the options" >&2; exit 2; }
number() { case $2 in '' | *[!0-9]* | 0) wrong "$1 $2: expected a whole number above 0" ;; esac; }
while [ $# -gt 0 ]; do
    option=$1
    case $option in
    --help | -h) usage; exit 0 ;;
    --long) long=yes; shift; continue ;;
    --require-gpu) gpu_required=yes; shift; continue ;;
    --out | --data | --ort | --only | --seconds | --queries | --budget) [ $# -ge 2 ] || wrong "$option needs a value" ;;
    *) wrong "unknown option $option" ;;
    esac
    case $option in
    --out) out=$2 ;;
    --data) data=$2 ;;
    --ort) ort=$2 ;;
    --only) only=$2 ;;
    --seconds) number "$1" "$2"; seconds=$2 ;;
    --queries) number "$1" "$2"; queries=$2 ;;
    --budget) number "$1" "$2"; budget=$2 ;;
    esac
    shift 2
done
[ -n "$out" ] || wrong '--out DIR is missing'
[ ! -e "$out" ] || wrong "--out $out exists"
mkdir -p "$out/log" && out=$(cd "$out" && pwd) || exit 1

# -- Words -----------------------------------------------------------------------------------------------------

begun=$(date +%s)
elapsed() { echo $(($(date +%s) - begun)); }
say() { echo "[$(elapsed) s] $*"; }
failures=0
line() { echo "| $1 | $2 | $3 |" >>"$out/steps"; }
passed() { line "$1" passed "$2"; say "$1: passed $2"; }
failed() { failures=$((failures + 1)); line "$1" '**FAILED**' "$2"; say "$1: FAILED $2" >&2; }
left_out() { line "$1" '**NOT RUN**' "$2"; say "$1: NOT RUN: $2"; }
# The last line of a program's complaints, made fit for a cell.
reason() { tail -n 1 "$1" 2>/dev/null | tr '|`' '/ ' | cut -c 1-300; }

# -- What is packed --------------------------------------------------------------------------------------------

unpack_one() {
    if command -v xz >/dev/null 2>&1; then
        xz -dc "$1" >"$2"
    elif command -v python3 >/dev/null 2>&1; then
        python3 -c 'import lzma, shutil, sys
with lzma.open(sys.argv[1]) as packed, open(sys.argv[2], "wb") as file: shutil.copyfileobj(packed, file, 1 << 20)' "$1" "$2"
    else
        echo "neither xz nor python3 is there to unpack $1" >&2
        return 1
    fi
}

# unpack FOLDER: where its files lie, the packed ones unpacked, once for each folder of results.
unpack() {
    packed=''
    for file in "$here/$1"/*.xz; do [ -e "$file" ] && packed=yes; done
    [ -n "$packed" ] || { echo "$here/$1"; return 0; }
    mkdir -p "$out/unpacked/$1" || return 1
    for file in "$here/$1"/*; do
        name=${file##*/}
        case $name in
        *.xz) unpack_one "$file" "$out/unpacked/$1/${name%.xz}" || return 1 ;;
        *) cp "$file" "$out/unpacked/$1/" || return 1 ;;
        esac
    done
    echo "$out/unpacked/$1"
}

# Where CUDA and cuDNN may lie besides the usual places: NVIDIA's Python packages, a toolkit.
nvidia_folders() {
    site=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' 2>/dev/null)
    for folder in ${site:+"$site"/nvidia/*/lib} /usr/local/cuda/lib64; do
        [ -d "$folder" ] && printf '%s:' "$folder"
    done
}

# -- Smoke test ------------------------------------------------------------------------------------------------

smoke() {
    log=$out/log/smoke.txt
    if [ ! -f "$here/SHA256SUMS" ]; then
        left_out 'files' 'there is no SHA256SUMS to compare them with'
    elif (cd "$here" && sha256sum -c SHA256SUMS) >"$log" 2>&1; then
        passed 'files' 'as they were packed'
    else
        failed 'files' "$(grep -v ': OK$' "$log" | head -n 1)"
    fi
    if "$programs/delos" --version >"$log" 2>&1; then passed 'program' "$(cat "$log")"; else failed 'program' "$(reason "$log")"; fi
    if "$programs/delos" doctor ${ort:+--ort "$ort"} >"$out/log/doctor.txt" 2>&1; then
        has_ort=yes
        passed 'ONNX Runtime' "$(sed -n 's/^ONNX Runtime *\([^ ]*\).*/\1/p' "$out/log/doctor.txt")"
    else
        has_ort=''
        failed 'ONNX Runtime' "$(sed -n 's/^ONNX Runtime *//p' "$out/log/doctor.txt" | tr '|`' '/ ')"
    fi
}

# The kernels on the GPU against the processor's code; tells too whether there is a GPU.
parity() {
    log=$out/log/parity.txt
    [ -z "$queries" ] && seeds=200 || seeds=4
    "$programs/gpu_parity" --seeds "$seeds" --time 1000 --json "$out/parity.json" >"$log" 2>&1
    case $? in
    0) has_gpu=yes; passed 'parity on the GPU' "$(reason "$log")" ;;
    2)
        has_gpu=''
        no_gpu=$(reason "$log")
        if [ -n "$gpu_required" ]; then failed 'parity on the GPU' "$no_gpu"; else left_out 'parity on the GPU' "$no_gpu"; fi
        ;;
    *) has_gpu=yes; failed 'parity on the GPU' "$(reason "$log")" ;;
    esac
}

# The camera's whole chain on the GPU, compared with the processor's and timed part by part; with the published network
# in f16 too, where it is packed.
chain() {
    step='camera chain on the GPU'
    [ -n "$has_gpu" ] || { left_out "$step" "$no_gpu"; return 0; }
    [ -n "$has_ort" ] || { left_out "$step" 'there is no ONNX Runtime'; return 0; }
    half=$models/yolox_s_640_random_f16.onnx
    [ -f "$half" ] && set -- --model "$half" || set --
    log=$out/log/parity_chain.txt
    if $limit "$programs/gpu_parity" --seeds 4 --time 1000 --network cuda-graph ${ort:+--ort "$ort"} \
        --json "$out/parity_chain.json" "$@" >"$log" 2>&1; then
        passed "$step" "$(reason "$log")"
    else
        failed "$step" "$(reason "$log")"
    fi
}

# The drive that is measured on: given, packed, or simulated here.
find_data() {
    [ -n "$data" ] && return 0
    for drive in "$here"/data/*; do [ -d "$drive" ] && data=$drive && return 0; done
    [ -z "$queries" ] && frames=20 || frames=4
    "$programs/delos" data simulate --out "$out/simulated" --frames "$frames" --seed 7 >"$out/log/simulate.txt" 2>&1 ||
        { failed 'data' "$(reason "$out/log/simulate.txt")"; return 1; }
    data=$out/simulated
}

# -- Measurements ----------------------------------------------------------------------------------------------

# bench NAME LAUNCH WARMUP [arguments of `delos bench`]
bench() {
    name=$1 launch=$2 warmup=$3
    shift 3
    # shellcheck disable=SC2254
    case $name in $only) ;; *) return 0 ;; esac
    case $name in gpu-*) [ -n "$has_gpu" ] || { left_out "$name" "$no_gpu"; return 0; } ;; esac
    [ -n "$has_ort" ] || { left_out "$name" 'there is no ONNX Runtime'; return 0; }
    case " $* " in *.onnx*) has_model "$@" || { left_out "$name" 'its model is not packed here'; return 0; } ;; esac
    if [ -n "$long" ]; then
        set -- "$@" --full
    elif [ "$(elapsed)" -ge "$budget" ]; then
        left_out "$name" "the time of $budget s is up"
        return 0
    elif [ -n "$queries" ]; then
        set -- "$@" --queries "$queries" --warmup 2
    else
        set -- "$@" --duration "$seconds" --warmup "$warmup"
    fi
    say "$name ..."
    $limit "$programs/delos" bench "$here/launch/$launch.toml" --data "$data" ${ort:+--ort "$ort"} --json "$out/$name.json" "$@" >"$out/log/$name.txt" 2>&1 ||
        { failed "$name" "$(reason "$out/log/$name.txt")"; return 0; }
    case $name in
    gpu-*)
        if grep -q '"provider": "CPU' "$out/$name.json"; then
            failed "$name" 'ran on the processor, not on the GPU'
            return 0
        fi
        ;;
    esac
    passed "$name" "$(sed -n 's/^ *end to end  *\([0-9.]*\) .*/mean \1 ms/p' "$out/log/$name.txt")"
}

# Whether every file that is named is there.
has_model() {
    for argument in "$@"; do
        case $argument in *.onnx) [ -f "${argument#*=}" ] || return 1 ;; esac
    done
}

own='--set camera.model=delos_camera'
blind='--set replay.images=off'
one='--workers 1'

# On DEVICE (cpu or gpu): each network alone, one frame at a time; the whole chain in both scenarios.
measure() {
    place=$1 device='--device cpu' heavy=2
    # A device that is named is used or is an error; nodes that fell back to the processor stand in the table.
    [ "$place" = gpu ] && device='--device cuda:0' heavy=50
    # The options are words, none of which holds a space.
    # shellcheck disable=SC2086
    {
        bench "$place-camera-delos" kitti_camera 20 $device $own $one
        [ "$place" = gpu ] && bench gpu-camera-delos_f16 kitti_camera 20 $device --set camera.model=delos_camera_f16 $one
        bench "$place-lidar-delos" kitti_lidar 10 $device $blind $one
        bench "$place-chain" kitti_raw 10 $device $own
        bench "$place-chain-constant-10hz" kitti_raw 10 $device $own --scenario constant-stream --rate 10 --deadline 100
        bench "$place-camera-yolox_nano" kitti_camera 20 $device $one --set "camera.model=$models/yolox_nano_dynamic_nhw.onnx"
        for half in '' _f16; do
            # On the processor f16 is computed in f32 with copies between: a figure of nobody's use.
            [ "$place$half" = cpu_f16 ] && continue
            bench "$place-camera-yolox_s$half" kitti_camera $heavy $device $one --set "camera.model=$models/yolox_s_640_random$half.onnx"
            bench "$place-lidar-pointpillars$half" kitti_lidar $heavy $device $blind $one --set "lidar.model=$models/pointpillars_kitti_random$half.onnx"
        done
        # Six cameras that all see the first one's image: what is compared is the way they run together.
        model=''
        [ "$place" = gpu ] && model="--set camera.model=$models/yolox_s_640_random_f16.onnx"
        for together in batch streams; do
            bench "$place-six-cameras-$together" kitti_camera 5 $device $one ${model:-$own} --set camera.cameras=6 --set "camera.together=$together"
        done
        [ "$place" = gpu ] && bench gpu-camera-yolox_s_f16-graph kitti_camera $heavy $device $one --set camera.cuda_graph=true \
            --set "camera.model=$models/yolox_s_640_random_f16.onnx"
        :
    }
}

# -- Report ----------------------------------------------------------------------------------------------------

report() {
    measured=''
    for file in "$out"/cpu-*.json "$out"/gpu-*.json; do [ -f "$file" ] && measured=yes; done
    if [ -n "$measured" ]; then
        # Only files with figures: a name never holds a space, the folder may.
        (cd "$out" && for file in cpu-*.json gpu-*.json; do [ -f "$file" ] && echo "$file"; done | xargs "$programs/delos" bench table) \
            >"$out/table.md" 2>"$out/log/table.txt" || failed 'table' "$(reason "$out/log/table.txt")"
    fi
    {
        echo '# delos on this machine'
        echo
        echo "$(date -u +%Y-%m-%d), $(elapsed) s. Data: \`${data##*/}\`. ${long:+Long measurements.}"
        [ -n "$has_gpu" ] || { echo; echo "**No GPU was measured:** $no_gpu"; }
        [ -f "$out/table.md" ] && { echo; cat "$out/table.md"; }
        printf '\n| step | outcome | |\n| --- | --- | --- |\n'
        cat "$out/steps"
    } >"$out/report.md"
    rm -rf "$out/steps" "$out/unpacked" "$out/simulated"
}

# -- Everything ------------------------------------------------------------------------------------------------

has_ort='' has_gpu='' no_gpu='not looked for'
# A measurement that hangs is a failure, not a night's wait.
limit=''
[ -z "$long" ] && command -v timeout >/dev/null 2>&1 && limit="timeout $((seconds + 170))"
[ -n "$ort" ] || { [ -d "$here/onnxruntime" ] && ort=$(unpack onnxruntime); }
programs=$(unpack programs) && chmod +x "$programs"/* || { echo 'bench.sh: the programs cannot be unpacked' >&2; exit 1; }
models=$here/models
[ -d "$models" ] && models=$(unpack models)
beside=$ort
[ -f "$ort" ] && beside=$(dirname "$ort")
LD_LIBRARY_PATH=${beside:+$beside:}$(nvidia_folders)${LD_LIBRARY_PATH:-}
export LD_LIBRARY_PATH CUDA_MODULE_LOADING=LAZY NO_COLOR=1
smoke
parity
chain
if find_data; then
    measure cpu
    measure gpu
fi
report
say "report in $out/report.md"
[ "$failures" -eq 0 ] || { say "$failures steps FAILED" >&2; exit 1; }
