#!/usr/bin/env bash
# The one command. On a fresh Debian or Ubuntu machine with Python 3.11 or newer it installs what is missing,
# then does what was asked:
#
#   bash packaging/dev.sh demo            the simulated town
#   bash packaging/dev.sh test [ARGS]     every check; ARGS go to pytest; --long for the widest tests in full
#   bash packaging/dev.sh bench NAME      measure
#   bash packaging/dev.sh setup           only set up
#   bash packaging/dev.sh i18n [--check]  collect and compile the translations
#   bash packaging/dev.sh lock            choose package versions anew after pyproject.toml changed (needs uv)
#   bash packaging/dev.sh desk ...        anything else goes to yiping
#
# Set-up words go to stderr, so that what a command prints can be piped.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
unset PYTHONHOME PYTHONPATH
VENV="$ROOT/.venv"
PY="$VENV/bin/python"
STAMP="$VENV/.yiping-stamp"
LOCKS=(packaging/build.lock packaging/requirements.lock)
PYTHONS=(python3.14 python3.13 python3.12 python3.11)

# System packages: what for in Chinese, in English, and the names. A name that Ubuntu 24.04 and Debian 13 know
# with the ending t64 is found under either; one with a ? in front is left out where apt does not have it.
RUNTIME=(
    "视频解码|decodes the live video|libvlc5 libvlccore9 vlc-plugin-base"
    "中文字体|Chinese type|fonts-noto-cjk fontconfig"
    "窗口与显卡(Qt)|windows and graphics (Qt)|libegl1 libgl1 libopengl0 libglib2.0-0 libdbus-1-3 libfontconfig1 libfreetype6 libxkbcommon0 libxkbcommon-x11-0 libx11-6 libx11-xcb1 libsm6 libice6 libxcb1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 libwayland-client0 libwayland-cursor0 libwayland-egl1"
    "地图网页(QtWebEngine)|the map (QtWebEngine)|libnss3 libnspr4 libxcomposite1 libxdamage1 libxext6 libxfixes3 libxrandr2 libxrender1 libxtst6 libxkbfile1 libdrm2 libgbm1 libudev1"
    "声音(Qt)|sound (Qt)|libasound2 libpulse0"
    "打印|printing|libcups2"
    "PDF 报告|PDF reports|libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b ?libharfbuzz-subset0"
)
HEADLESS=(
    "无显示器时的窗口、按键和画面|a window, keys and pictures without a display|xvfb openbox x11-xserver-utils xdotool xclip maim dbus at-spi2-core python3-gi gir1.2-glib-2.0"
)
TESTING=(
    "测试用真实 RTSP 服务|a real RTSP server for the tests|python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
    "测试用真实 PostgreSQL|a real PostgreSQL for the tests|postgresql"
    "测试看 PDF 页|looks at PDF pages in the tests|poppler-utils"
    "测试掉电与强杀|compiles what the crash tests watch with|gcc libc6-dev"
)

say() { printf '%s\n  %s\n' "$1" "$2" >&2; }
die() {
    say "$@"
    exit 1
}

# --- system packages -------------------------------------------------------------------------------------------

declare -A INSTALLED=()
UPDATED=""

read_installed() {
    local arch name status of
    INSTALLED=()
    arch=$(dpkg --print-architecture)
    while read -r name of status; do
        if [[ $status == ii* && ($of == "$arch" || $of == all) ]]; then INSTALLED[$name]=1; fi
    done < <(dpkg-query -W -f='${Package} ${Architecture} ${db:Status-Abbrev}\n' 2>/dev/null)
}

have() { [[ -v INSTALLED[$1] || -v INSTALLED[${1}t64] ]]; }

is_root() { ((EUID == 0)); }

may_install() { is_root || command -v sudo >/dev/null; }

privileged() {
    local with=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a) name
    for name in http_proxy https_proxy no_proxy; do
        if [[ -n ${!name-} ]]; then with+=("$name=${!name}"); fi
    done
    if is_root; then
        "${with[@]}" "$@"
    else
        sudo "${with[@]}" "$@"
    fi
}

apt_update() {
    local log tries=0
    if [[ -n $UPDATED ]]; then return; fi
    UPDATED=1
    log=$(mktemp)
    while ! privileged apt-get update -q 2>&1 | tee "$log" >&2; do
        if ! grep -qi 'could not get lock' "$log" || ((++tries > 60)); then
            say "apt-get update 没有全部成功,用已有的软件列表继续。" \
                "apt-get update did not fully succeed; going on with the lists there are."
            break
        fi
        say "另一个程序正在使用 apt,10 秒后再试。" "Another program is using apt; trying again in 10 s."
        sleep 10
    done
    rm -f "$log"
}

known_to_apt() { [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null | head -n 1) ]]; }

# The rows whose packages are missing are said and installed; nothing is asked of apt when nothing is missing.
install_packages() {
    local row names name missing=() optional=() wanted=() unknown=() zh en rest line
    read_installed
    for row in "$@"; do
        zh=${row%%|*} rest=${row#*|}
        en=${rest%%|*} names=${rest#*|} line=""
        for name in $names; do
            if [[ $name == \?* ]]; then
                if ! have "${name#\?}"; then optional+=("${name#\?}"); fi
            elif ! have "$name"; then
                missing+=("$name")
                line+=" $name"
            fi
        done
        if [[ -n $line ]]; then printf '需要安装 / To install: %s / %s:%s\n' "$zh" "$en" "$line" >&2; fi
    done
    if ((${#missing[@]} == 0)); then return; fi
    if ! may_install; then
        die "缺少系统软件,而这里既不是 root 也没有 sudo。请管理员运行:apt-get install ${missing[*]}" \
            "System packages are missing and there is neither root nor sudo. Ask an administrator for the line above."
    fi
    if ! is_root; then say "下面用 sudo 安装,可能要输入密码。" "Installing with sudo; it may ask for your password."; fi
    apt_update
    for name in "${missing[@]}" "${optional[@]}"; do
        if known_to_apt "${name}t64"; then
            wanted+=("${name}t64")
        elif known_to_apt "$name"; then
            wanted+=("$name")
        elif [[ " ${optional[*]} " != *" $name "* ]]; then
            unknown+=("$name")
        fi
    done
    if ((${#unknown[@]})); then
        die "apt 找不到:${unknown[*]}。Ubuntu 请先启用 universe 软件源(sudo add-apt-repository universe),再运行一次。" \
            "apt does not know these. On Ubuntu enable the universe component (sudo add-apt-repository universe), then run this again."
    fi
    privileged apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${wanted[@]}" >&2 ||
        die "apt-get install 失败,原因见上。修好后再运行同一条命令,会接着做。" \
            "apt-get install failed, see above. Put that right and run the same command; it goes on from here."
}

system_packages() {
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        install_packages "$@"
    else
        say "这里没有 apt。请自行安装 libvlc 3、Noto CJK 字体、Qt 所需的库和 Pango;现在继续。" \
            "There is no apt here. Install libvlc 3, Noto CJK fonts, Qt's libraries and Pango yourself; going on."
    fi
}

# --- Python ----------------------------------------------------------------------------------------------------

# A release candidate (Ubuntu 22.04 has one of 3.11) does not do: the lock's conditions leave it without packages.
fits() {
    "$1" -c '
import ctypes, ensurepip, ssl, sys, venv
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.version_info.releaselevel != "final")
' >/dev/null 2>&1
}

apt_has_final() {
    local version
    version=$(apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n '/^Version: /{s///p;q}')
    [[ -n $version && $version != *~rc* && $version != *~[ab]* ]]
}

find_python() {
    local name
    for name in "${PYTHONS[@]}" python3; do
        if command -v "$name" >/dev/null && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# The newest that is there and has venv; else the newest that apt has.
ensure_python() {
    local name
    if find_python >/dev/null; then return; fi
    if command -v apt-get >/dev/null; then
        if may_install; then apt_update; fi
        for name in "${PYTHONS[@]}"; do
            if apt_has_final "$name-venv"; then
                install_packages "Python 3.11 以上|Python 3.11 or newer|$name $name-venv"
                if find_python >/dev/null; then return; fi
            fi
        done
    fi
    die "找不到 Python 3.11 至 3.14 的正式版(带 venv),apt 也没有。请先安装一个,再运行同一条命令。" \
        "There is no released Python 3.11 to 3.14 (with venv), nor does apt have one. Install one and run the same command again."
}

make_venv() {
    local python
    if "$PY" -m pip --version >/dev/null 2>&1 && fits "$PY" && [[ $("$PY" -c 'import sys; print(sys.prefix)') == "$VENV" ]]; then
        return
    fi
    python=$(find_python)
    say "建立虚拟环境 .venv($("$python" -V))" "Making the virtual environment .venv"
    "$python" -m venv --clear "$VENV"
}

install_locked() {
    local info
    # A package that an interrupted run left without its list of files is half there: forget it.
    for info in "$VENV"/lib/python*/site-packages/*.dist-info; do
        if [[ -d $info && ! -f $info/RECORD ]]; then rm -rf "$info"; fi
    done
    say "安装锁定版本的 Python 软件(约 400 MB,只在第一次)" "Installing the locked Python packages (about 400 MB, the first time only)"
    "$PY" -m pip install --disable-pip-version-check --no-input --no-deps --only-binary=:all: --require-hashes \
        "${LOCKS[@]/#/--requirement=}" >&2 ||
        die "安装没有完成,原因见上。再运行同一条命令会接着做。" \
            "The installation did not finish, see above. Run the same command again; it goes on from here."
    "$PY" -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-index --no-build-isolation \
        --config-settings editable_mode=compat --editable . >&2
}

# What a set-up depends on: the locks, the project file, this script and where the folder is.
fingerprint() { { printf '%s\n' "$ROOT" && cat "${LOCKS[@]}" pyproject.toml packaging/dev.sh; } | sha256sum; }

is_set_up() { [[ -x $PY && -f $STAMP && $(<"$STAMP") == "$(fingerprint)" ]]; }

setup() {
    if is_set_up; then return; fi
    mkdir -p build
    (
        if ! flock -n 9; then
            say "另一次安装正在进行,等它完成。" "Another set-up is running; waiting for it."
            flock 9
        fi
        if is_set_up; then exit; fi
        rm -f "$STAMP" "$STAMP-test" "$STAMP-headless"
        ensure_python
        system_packages "${RUNTIME[@]}"
        make_venv
        install_locked
        fingerprint >"$STAMP"
        say "安装完成。" "Set-up is done."
    ) 9>build/.setup.lock
}

setup_testing() {
    setup
    if [[ -f $STAMP-test && $(<"$STAMP-test") == "$(fingerprint)" ]]; then return; fi
    system_packages "${TESTING[@]}" "${HEADLESS[@]}"
    fingerprint >"$STAMP-test"
}

setup_headless() {
    if [[ -f $STAMP-headless && $(<"$STAMP-headless") == "$(fingerprint)" ]]; then return; fi
    system_packages "${HEADLESS[@]}"
    fingerprint >"$STAMP-headless"
}

# --- running ---------------------------------------------------------------------------------------------------

# Qt wants UTF-8, and a fresh machine has no locale at all.
utf8() {
    local said=${LC_ALL:-${LC_CTYPE:-${LANG:-}}}
    if [[ ${said,,} != *utf*8* ]]; then
        export LC_CTYPE=C.UTF-8
        if [[ -n ${LC_ALL:-} ]]; then export LC_ALL=C.UTF-8; fi
    fi
}

demo() {
    if [[ " $* " == *" --walkthrough "* ]]; then setup_headless; fi
    if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} || " $* " == *" --headless "* ]]; then
        exec "$VENV/bin/yiping" demo "$@"
    fi
    say "这里没有显示器(DISPLAY、WAYLAND_DISPLAY 都没有设置):演示在后台走一遍,画面存到 build/shots。" \
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): the demo walks itself through and leaves pictures in build/shots."
    setup_headless
    mkdir -p build/shots
    "$VENV/bin/yiping" demo --headless --walkthrough --shots build/shots "$@"
    say "画面和报告在 $ROOT/build/shots:" "The pictures and the report are there:"
    ls -1 build/shots
}

FAILED=()

# Every check runs, whatever an earlier one said.
check() {
    printf '\n== %s\n' "$1" >&2
    shift
    "$@" || FAILED+=("$*")
}

checks() {
    export QT_QPA_PLATFORM=offscreen
    if is_root; then export QTWEBENGINE_DISABLE_SANDBOX=1; fi
    check "常见错误 / common mistakes" "$VENV/bin/ruff" check .
    check "格式 / style" "$VENV/bin/ruff" format --check .
    check "类型 / types" "$PY" -m mypy
    check "依赖方向 / which way the arrows point" "$VENV/bin/lint-imports" --no-cache
    check "翻译 / translations" "$PY" packaging/i18n.py --check
    # A file's tests stay together, for what its fixtures make once; -n 0 among ARGS runs all in one process.
    check "测试 / tests" "$PY" -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"
    if ((${#FAILED[@]})); then
        printf '没有通过 / Failed: %s\n' "${FAILED[@]}" >&2
        return 1
    fi
}

lock() {
    local options=(--universal --python-version 3.11 --generate-hashes --no-header --quiet)
    if ! command -v uv >/dev/null; then die "需要 uv 来重新锁定版本。" "Locking the versions anew needs uv."; fi
    uv pip compile "${options[@]}" pyproject.toml --group dev --output-file packaging/requirements.lock "$@"
    uv pip compile "${options[@]}" - --output-file packaging/build.lock "$@" <<<"setuptools>=77"
}

main() {
    local command=${1:-demo}
    if (($#)); then shift; fi
    utf8
    case $command in
        setup) setup ;;
        demo)
            setup
            demo "$@"
            ;;
        test)
            setup_testing
            # One process stands for all of it, so that an interrupted run ends at once and leaves nothing behind.
            exec "$PY" packaging/together.py bash packaging/dev.sh checks "$@"
            ;;
        checks) checks "$@" ;;
        i18n)
            setup
            exec "$PY" packaging/i18n.py "$@"
            ;;
        lock) lock "$@" ;;
        -h | --help | help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" ;;
        *)
            setup
            exec "$VENV/bin/yiping" "$command" "$@"
            ;;
    esac
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then main "$@"; fi
