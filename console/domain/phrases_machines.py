"""What is said of databases, platforms and the way to them."""

from console.domain.words import Label

MACHINES: dict[str, Label] = {
    # starting
    "scenario_missing": Label(
        "没有“{name}”这个场景。用 yiping drill list 看有哪些,或给出文件路径。",
        "There is no scenario “{name}”. See yiping drill list, or give a file.",
    ),
    "pack_missing": Label(
        "没有“{name}”这个专题包。自己的包放在 {folder}。",
        "There is no topic pack “{name}”. Your own packs belong in {folder}.",
    ),
    "no_display": Label(
        "这里没有显示器(没有 DISPLAY 或 WAYLAND_DISPLAY)。可用 yiping demo --headless --walkthrough 无屏运行。",
        "There is no display here (no DISPLAY or WAYLAND_DISPLAY). yiping demo --headless --walkthrough needs none.",
    ),
    "hand_missing": Label(
        "没有显示器时走一遍演示,需要先安装这些程序:{names}(bash packaging/dev.sh demo 会自动安装)。",
        "To walk the demo through from outside, these have to be installed first: {names} "
        "(bash packaging/dev.sh demo installs them).",
    ),
    # the database
    "disk_full": Label(
        "磁盘已满,这一步没有保存;此前的内容都在。请清理磁盘空间后再做一次。({path})",
        "The disk is full and this step was not saved; everything before it is. "
        "Free some space, then do it again. ({path})",
    ),
    "store_key": Label(
        "打不开数据库 {path}:密钥不对,或文件不是数据库。文件未被改动。请用建库时的密钥。",
        "Cannot open {path}: the key is wrong, or it is no database. The file was not changed. "
        "Use the key it was made with.",
    ),
    "key_unreadable": Label(
        "数据库密钥文件 {path} 读不了或不完整。没有它打不开数据库;请从备份恢复这个文件。",
        "The key file {path} cannot be read or is not whole. Without it the database stays closed; "
        "bring the file back from a backup.",
    ),
    "store_taken": Label(
        "另一个席位正在使用 {path}。请先关闭它,或为本席位另选数据文件夹。",
        "Another desk is using {path}. Close that one, or choose another data folder for this one.",
    ),
    "store_newer": Label(
        "{path} 由更新版本的一屏写入。文件未被改动。请升级本机程序。",
        "{path} was written by a newer Yiping. The file was not changed. Update the program here.",
    ),
    "store_older": Label(
        "{path} 还是旧版一屏的格式,尚未升级。请先启动席位,由它升级后再打开。",
        "{path} is still as an older Yiping kept it. Start the desk first: it brings the file up to date.",
    ),
    "store_not_copied": Label(
        "{path} 升级前的备份没有做成({text}),所以没有升级;文件未被改动,内容都在。"
        "备份需要 {need} MB,此盘还有 {free} MB。请清理磁盘空间后再启动。",
        "No copy of {path} could be made before bringing it up to date ({text}), so that was not begun; the file was "
        "not changed and everything is there. A copy takes {need} MB, {free} MB are free. Free some space, then start "
        "again.",
    ),
    "store_not_migrated": Label(
        "{path} 没能升级到本版({text})。全部还原,内容与升级前一样。请检查磁盘空间后再启动;仍不行请联系管理员。",
        "{path} could not be brought up to this version ({text}). It was put back and is as it was. Look at the disk's "
        "space and start again; if that does not help, tell the administrator.",
    ),
    "store_realm": Label(
        "{path} 属于域“{realm}”,不能在“{asked}”中打开。",
        "{path} belongs to realm “{realm}” and cannot be opened in “{asked}”.",
    ),
    "platform_running": Label(
        "一个平台正在使用 {path}。请先停止它,再做一次。", "A platform is using {path}. Stop it, then do it again."
    ),
    "backup_exists": Label(
        "{path} 已经存在,没有覆盖。请换一个文件名。",
        "{path} is already there and was not overwritten. Choose another name.",
    ),
    "backup_nothing": Label(
        "{path} 里没有任何数据域,没有什么可备份。", "There is no realm in {path}: nothing to back up."
    ),
    "backup_wrong": Label(
        "{path} 不是完整的备份({why})。什么都没有改动。", "{path} is no whole backup ({why}). Nothing was changed."
    ),
    "backup_key": Label(
        "这里没有密钥。备份是加密的:请用 --key 指明备份时那台机器的密钥文件(数据目录下的 desk/key)。什么都没有改动。",
        "There is no key here. The backup is encrypted: name the key file of its machine (desk/key in its data folder) "
        "with --key. Nothing was changed.",
    ),
    "backup_kind": Label(
        "{path} 是 {kind} 的备份,不能恢复到这里。", "{path} is a backup of {kind} and cannot be restored here."
    ),
    "backup_tool": Label(
        "{tool} 没有完成:{said}。什么都没有改动。", "{tool} did not finish: {said}. Nothing was changed."
    ),
    "backup_no_tool": Label(
        "缺少 {tool}。请安装 PostgreSQL 客户端(postgresql-client),版本不低于服务器。",
        "{tool} is missing. Install the PostgreSQL client (postgresql-client), not older than the server.",
    ),
    "store_missing": Label(
        "找不到数据库 {path}。请先启动席位。", "There is no database at {path}. Start the desk first."
    ),
    "store_damaged": Label(
        "数据库 {path} 已损坏。请保留该文件,从平台重新同步。",
        "The database {path} is damaged. Keep the file, and synchronise again from the platform.",
    ),
    "store_io": Label(
        "读写 {path} 失败,这一步没有保存。请检查磁盘。",
        "Reading or writing {path} failed and this step was not saved. Check the disk.",
    ),
    "store_busy": Label(
        "数据库 {path} 正忙,这一步没有保存。请再试一次。",
        "The database {path} is busy and this step was not saved. Try again.",
    ),
    # the platform's database server
    "database_url": Label(
        "数据库地址读不懂。应写成 postgresql+psycopg://用户:密码@主机/库名,密码中的特殊字符用 %XX。",
        "The database's address cannot be read. Write postgresql+psycopg://user:password@host/database, "
        "with special characters of the password as %XX.",
    ),
    "database_unreachable": Label(
        "连不上数据库 {path}:{said}。请检查地址、网络和 PostgreSQL 是否在运行。",
        "The database {path} is out of reach: {said}. Check the address, the network, and that PostgreSQL runs.",
    ),
    "database_password": Label(
        "数据库 {path} 不接受这个用户或密码。请核对地址中的用户和密码。",
        "The database {path} does not accept this user or password. Check both in its address.",
    ),
    "database_absent": Label(
        "{path}:没有这个数据库。请管理员先用 createdb 建库(编码 UTF8)。",
        "{path}: there is no such database. Have an administrator make it with createdb (encoding UTF8).",
    ),
    "database_rights": Label(
        "数据库 {path} 的这个用户权限不够。请管理员授予建模式(CREATE)和使用的权限。",
        "The user lacks rights in the database {path}. Have an administrator grant CREATE on it.",
    ),
    "database_lost": Label(
        "与数据库 {path} 的连接断了,这一步可能没有保存。恢复后再做一次,重复不会出错。",
        "The connection to the database {path} was lost and this step may not be saved. "
        "Do it again when it is back; doing it twice does no harm.",
    ),
    "database_standby": Label(
        "数据库 {path} 是备机或只读,不能保存。请把地址指向主机。",
        "The database {path} is a standby or read-only and cannot save. Point the address at the primary.",
    ),
    "database_damaged": Label(
        "数据库 {path} 已损坏。请停止服务,保留数据,从备份恢复。",
        "The database {path} is damaged. Stop the service, keep the data, and restore from a backup.",
    ),
    "database_old": Label(
        "数据库 {path} 是 PostgreSQL {version},至少要 {oldest}。请升级。",
        "The database {path} is PostgreSQL {version}; at least {oldest} is needed. Upgrade it.",
    ),
    "database_encoding": Label(
        "数据库 {path} 的编码是 {encoding},应为 UTF8。请用 createdb --encoding=UTF8 另建一个库。",
        "The database {path} is encoded in {encoding}, not UTF8. Make another with createdb --encoding=UTF8.",
    ),
    "database_fsync": Label(
        "数据库 {path} 关闭了 fsync,断电会丢失已保存的内容。请在 postgresql.conf 设 fsync = on。",
        "The database {path} has fsync off: a power cut would lose what was saved. Set fsync = on in postgresql.conf.",
    ),
    "database_full_page_writes": Label(
        "数据库 {path} 关闭了 full_page_writes,断电会损坏数据。请在 postgresql.conf 设 full_page_writes = on。",
        "The database {path} has full_page_writes off: a power cut would damage it. "
        "Set full_page_writes = on in postgresql.conf.",
    ),
    "database_synchronous_commit": Label(
        "数据库 {path} 关闭了 synchronous_commit,已答复的内容可能丢失。请设 synchronous_commit = on。",
        "The database {path} has synchronous_commit off: what was answered may be lost. Set synchronous_commit = on.",
    ),
    "database_limits": Label(
        "数据库 {path} 没有采用连接的设置(超时、模式)。中间若有连接池,请绕过它直接连接 PostgreSQL。",
        "The database {path} does not take a session's settings (timeouts, schema). "
        "If there is a connection pooler in between, connect to PostgreSQL directly.",
    ),
    "workers_need_server": Label(
        "多个工作进程不能共用 SQLite 文件。请用 --database 给出 PostgreSQL 地址,或用 --workers 1。",
        "Several workers cannot share SQLite files. Give a PostgreSQL address with --database, or use --workers 1.",
    ),
    # the platform
    "link_down": Label(
        "连不上平台。照常工作,恢复后自动同步。",
        "The platform is out of reach. Work on; everything is sent when it is back.",
    ),
    "link_cut": Label("演练断链中。", "The link is cut by the drill."),
    "login_wrong": Label("用户名或密码不对。", "Wrong user name or password."),
    "login_locked": Label(
        "连续输错 5 次,已锁定。请 {minutes} 分钟后再试。",
        "Locked after 5 wrong passwords. Try again in {minutes} minutes.",
    ),
    "login_unknown": Label(
        "{user} 从未在本席位联网登录过,离线时不能登录。",
        "{user} has never signed in on this desk with the link up, and cannot while it is down.",
    ),
    "op_unreadable": Label(
        "平台读不懂“{name}”的内容,可能版本不一致。内容已保留,请联系管理员。",
        "The platform cannot read “{name}”; the versions may differ. Its content is kept; tell the administrator.",
    ),
    "op_failed": Label(
        "平台处理“{name}”时出错。内容已保留,请联系管理员。",
        "The platform failed on “{name}”. Its content is kept; tell the administrator.",
    ),
    "store_side": Label(
        "{path} 是另一种平台(中继与非中继不能互换)的数据,没有改动。请换一个数据文件夹。",
        "{path} is of the other kind of platform: a relay and one that is none do not change places. It was left as it "
        "is; use another data folder.",
    ),
    "relay_alone": Label(
        "中继平台(--relay)只用内嵌数据库和一个进程:请去掉 --database 和 --workers。",
        "A relay (--relay) is one process with the embedded database: leave out --database and --workers.",
    ),
    "op_discarded": Label("丢弃未被接收的“{name}”,理由:{reason}", "Discarded “{name}”, which was not taken: {reason}"),
    "inbox_done": Label("这一条已经处理过了。", "This one has been dealt with already."),
    "login_no_view": Label(
        "这个用户没有查看平台的权限。请找管理员。", "This user may see nothing of the platform. Ask the administrator."
    ),
    "push_changed": Label(
        "同一个序号 {n} 下来了另一条操作。平台保留先到的那条。",
        "Another operation came under the number {n} that was taken. The platform keeps the first.",
    ),
    "login_no_scope": Label(
        "这个用户在“{realm}”里没有任何权限。请找管理员。",
        "This user may see nothing in “{realm}”. Ask the administrator.",
    ),
    "op_version": Label(
        "“{name}”的格式(第 {version} 版)平台不认得。内容已保留在待处理里,请更新本台软件后重发。",
        "The platform does not know version {version} of “{name}”. It is kept in the inbox; update, then send again.",
    ),
    "op_realm": Label(
        "“{name}”属于域“{realm}”,平台没有接收。", "“{name}” belongs to realm “{realm}” and was not taken."
    ),
}
