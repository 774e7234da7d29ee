"""The sentences of the system in both languages. `{name}` is filled from the phrase's arguments."""

from console.domain.words import Label, Lang, Phrase

PHRASES: dict[str, Label] = {
    # refusals
    "not_found": Label(
        "找不到{what} {id}。它可能已被移出您的范围。",
        "{what} {id} is not there. It may have left your scope.",
    ),
    "alarm_decided": Label("“{title}”已有处理结果:{state}。", "“{title}” was already decided: {state}."),
    "incident_already": Label(
        "{code} 已是“{stage}”,不能再做这一步。", "{code} is already “{stage}”; this step no longer applies."
    ),
    "gates_open": Label(
        "{code} 还有 {count} 项必做任务未完成:{first}。完成后再核查。",
        "{code} still has {count} required tasks, first: {first}. Finish them, then check.",
    ),
    "assignments_open": Label(
        "{code} 还有 {count} 个派单未完成。等反馈或撤回后再核查。",
        "{code} still has {count} open assignments. Wait for them or recall them, then check.",
    ),
    "incident_merged": Label(
        "{code} 已并入另一个事件。请在主件上办理,或先拆开。",
        "{code} is merged into another incident. Work on that one, or unmerge it first.",
    ),
    "incident_declined": Label("{code} 已不予受理。要办理请先重开。", "{code} was declined. Reopen it first."),
    "incident_held": Label("{code} 正在挂账,不能{move}。先恢复办理。", "{code} is on hold; resume it before “{move}”."),
    "not_held": Label("{code} 没有挂账。", "{code} is not on hold."),
    "stage_not_wanted": Label("{code} 这类事项没有“{move}”这一步。", "Matters like {code} have no step “{move}”."),
    "stage_first": Label("{code} 要先{first},再{move}。", "{code} first needs “{first}”, then “{move}”."),
    "move_not_here": Label("{code} 现在是“{stage}”,不能{move}。", "{code} is “{stage}” now; “{move}” does not apply."),
    "not_dispatched": Label("{code} 还没有派遣,没有可核查的处置。", "{code} was not dispatched; nothing to check."),
    "reason_wanted": Label("“{move}”要写明原因。", "“{move}” needs a reason."),
    "score_wanted": Label("{code} 的评价要给 1 到 5 分。", "The evaluation of {code} needs a score from 1 to 5."),
    "undo_other": Label(
        "{code} 之后已有别的操作,不能再撤销。", "Something else was done to {code} since; it cannot be undone."
    ),
    "undo_late": Label(
        "超过 {seconds} 秒,不能撤销。请另作一次更正操作。", "More than {seconds} s ago: correct it by another step."
    ),
    "request_waits": Label("{code} 已有{kind}申请在等审批。", "{code} already has a request ({kind}) waiting."),
    "request_answered": Label("这个{kind}申请已经审批过。", "This request ({kind}) was already answered."),
    "due_wanted": Label("{code} 的延期要写明新时限。", "The extension of {code} needs a new limit."),
    "not_mergeable": Label(
        "{code} 不能并入 {into}:两个都要是未办结的事件,且不是同一个。",
        "{code} cannot be merged into {into}: both must be open, and not the same.",
    ),
    "not_merged": Label("{code} 没有并入别的事件。", "{code} is not merged."),
    "assignment_done": Label("{code} 的这个派单已完成,不能转派。", "This assignment of {code} is done already."),
    "elements_missing": Label("{kind}还缺要素:{first}。", "{kind} still lacks: {first}."),
    "lines_many": Label(
        "清单一次最多改 {limit} 行,这里有 {count} 行。", "At most {limit} lines are changed at a time, not {count}."
    ),
    "not_checked": Label("{code} 还没有核查,先核查再结案。", "{code} has not been checked; check it before closing."),
    "stage_moved": Label(
        "{code} 已不在“{expected}”,现在是“{stage}”。请看最新情况再做。",
        "{code} is no longer “{expected}”, it is “{stage}” now. Look at it again first.",
    ),
    "not_editable": Label("“{subject}”不能这样修改。", "“{subject}” cannot be edited like this."),
    "not_allowed": Label(
        "您的岗位在这里没有做“{name}”的权限。内容已保留在待处理里。",
        "Your role does not allow “{name}” here. What you wrote is kept in the inbox.",
    ),
    "id_taken": Label(
        "“{name}”里的编号 {id} 已属于另一条记录,没有覆盖它。内容已保留在待处理里。",
        "“{name}” brings the id {id}, which is another record's; that was not overwritten. What it says is kept in the "
        "inbox.",
    ),
    "cameras_many": Label(
        "一次最多改动 {limit} 路视频,这里有 {count} 路。",
        "At most {limit} cameras are changed at a time, not {count}.",
    ),
    "import_refused": Label("平台没有收下这份视频目录:{text}", "The platform did not take this list: {text}"),
    "import_running": Label(
        "平台正在运行,占用着 {path}。请加上 --platform 地址和 --user 用户,通过平台导入。",
        "The platform is running on {path}. Give --platform ADDRESS and --user USER to import through it.",
    ),
    "actor_unknown": Label(
        "这条操作写着 {user} 所做,但此人没有在本台登录过。内容已保留在待处理里。",
        "This says that {user} did it, who never signed in on this desk. What it says is kept in the inbox.",
    ),
    "conflict_settled": Label(
        "“{subject}”的分歧已由 {by} 裁定。", "The conflict about “{subject}” was already decided by {by}."
    ),
    # what the log says of the closed loop
    "incident_moved": Label("{code} {move}", "{code}: {move}"),
    "incident_moved_because": Label("{code} {move}:{reason}", "{code}: {move}. {reason}"),
    "incident_undone": Label("{code} 撤销“{move}”", "{code}: “{move}” undone"),
    "status_retracted": Label("撤销状态“{status}”", "Status “{status}” taken back"),
    "alarm_restored": Label("{title} 恢复为待确认", "{title} waits for a decision again"),
    "request_asked": Label("申请{kind}:{reason}", "{kind} requested: {reason}"),
    "request_granted": Label("同意{kind} {answer}", "{kind} granted. {answer}"),
    "request_refused": Label("不同意{kind} {answer}", "{kind} refused. {answer}"),
    "incidents_merged": Label("{code} 并入 {into}", "{code} merged into {into}"),
    "incident_unmerged": Label("{code} 从 {into} 拆开", "{code} taken out of {into}"),
    "assignment_transferred": Label("转派 {to}:{reason}", "Transferred to {to}: {reason}"),
    "escalated": Label("{code} {what}超时,升级督办", "{code}: “{what}” is overdue, escalated"),
    "situation_reported": Label("{code} {kind}", "{code}: {kind}"),
    "lists_changed": Label("修改清单 {count} 行", "{count} lines of the lists changed"),
    # what the log says when two said different things
    "field_edited": Label("修改{subject}:{old} → {new}", "{subject} changed: {old} → {new}"),
    "conflict_raised": Label(
        "{subject}有分歧,先到:{kept};后到:{other}。待裁定。",
        "Conflict about {subject}. First: {kept}; second: {other}. To be decided.",
    ),
    "conflict_decided": Label("{subject}裁定为:{taken}(不取:{left})", "{subject} decided: {taken} (not {left})"),
    "unit_twice": Label(
        "{unit} 被两处同时派出:{first} 和 {second}。待裁定。",
        "{unit} was sent to two incidents: {first} and {second}. To be decided.",
    ),
    "casualties_said": Label(
        "伤亡:亡 {dead},伤 {injured},失联 {missing},被困 {trapped}",
        "Casualties: {dead} dead, {injured} injured, {missing} missing, {trapped} trapped",
    ),
    "file_not_here": Label(
        "附件“{name}”还没有下载到本台。连上平台后再打开。",
        "“{name}” is not on this desk yet. Open it once the platform is back.",
    ),
    "file_attached": Label("附件:{name}", "Attached: {name}"),
    # settings
    "settings_unreadable": Label(
        "设置文件 {file} 读不懂:{error}。文件没有改动;改正后再启动,或先移走它用默认设置。",
        "The settings file {file} cannot be read: {error}. It was left as it is; mend it, or move it away.",
    ),
    "setting_unknown": Label(
        "设置文件 {file} 第 {line} 行:没有“{key}”这个设置。是不是 {near}?文件没有改动。",
        "Settings file {file}, line {line}: there is no setting “{key}”. Did you mean {near}? It was not changed.",
    ),
    "setting_value": Label(
        "设置文件 {file} 第 {line} 行:“{key}”不能是 {value},可用:{among}。文件没有改动。",
        "Settings file {file}, line {line}: “{key}” cannot be {value}, only: {among}. It was not changed.",
    ),
    "setting_wrong": Label(
        "设置文件 {file} 第 {line} 行:“{key}”应是 {kind}。文件没有改动。",
        "Settings file {file}, line {line}: “{key}” must be {kind}. It was not changed.",
    ),
    # mistakes in plain files: packs and scenarios
    "files_wrong": Label(
        "{name} 有 {count} 处错误,没有载入。先改 {where}:{first}",
        "{name} has {count} mistakes and was not loaded. First, {where}: {first}",
    ),
    "file_missing": Label("缺少这个文件。", "This file is missing."),
    "file_unreadable": Label("读不了这个文件:{text}。", "This file cannot be read: {text}."),
    "file_too_large": Label("文件超过 {limit} MB。", "The file is larger than {limit} MB."),
    "file_not_utf8": Label(
        "不是 UTF-8 编码。请在表格软件里另存为“CSV UTF-8”。",
        "Not UTF-8. In the spreadsheet, save it as “CSV UTF-8”.",
    ),
    "file_empty": Label("文件是空的。", "The file is empty."),
    "file_not_yaml": Label("不是有效的 YAML:{text}。", "Not valid YAML: {text}."),
    "file_not_csv": Label("不是有效的 CSV:{text}。", "Not valid CSV: {text}."),
    "file_not_json": Label("不是有效的 JSON:{text}。", "Not valid JSON: {text}."),
    "file_not_geojson": Label("不是 GeoJSON:要有 FeatureCollection。", "Not GeoJSON: a FeatureCollection is needed."),
    "file_not_records": Label("每条记录要写成“编号: 内容”。", "Each record must be written as “id: content”."),
    "file_cells": Label("这一行有 {count} 格,应有 {wanted} 格。", "This row has {count} cells, not {wanted}."),
    "file_twice": Label("{id} 重复,第 {line} 行已有。", "{id} is there twice; it is already on line {line}."),
    "file_key_missing": Label("缺少 {key}。", "{key} is missing."),
    "file_key_unknown": Label("不认识 {key}。{near}", "{key} is not known. {near}"),
    "file_kind": Label("{key} 应是{wanted},现为 {given}。", "{key} must be {wanted}, not {given}."),
    "file_value": Label("{key}:{said}", "{key}: {said}"),
    "file_other": Label("{key} 的值 {given} 不对:{text}。", "{key} cannot be {given}: {text}."),
    "file_id": Label(
        "编号“{id}”只能用英文字母、数字、_ 和 -。", "The id “{id}” may only have letters, digits, _ and -."
    ),
    "file_blank": Label("不能为空。", "Must not be blank."),
    "file_point": Label("位置应写成 [经度, 纬度],WGS-84。", "A place must be written [longitude, latitude], WGS-84."),
    "file_one_of": Label("{id} 不在可选值内:{allowed}。{near}", "{id} is none of: {allowed}. {near}"),
    "file_no_such": Label("没有{what} {id}。{near}", "There is no {what} {id}. {near}"),
    "pack_crs": Label(
        "坐标系是 {crs};资源包只收 WGS-84,请在导入时转换。",
        "The coordinates are {crs}; a pack holds WGS-84 only. Convert them on import.",
    ),
    "pack_id": Label(
        "id 是 {id},应与文件夹名 {folder} 相同。", "The id is {id}; it must be the folder's name, {folder}."
    ),
    "pack_bounds": Label("范围应写成 [西, 南, 东, 北]。", "The bounds must be written [west, south, east, north]."),
    "pack_outside": Label(
        "位置 {lon}, {lat} 在本包范围之外。坐标系或经纬度顺序不对?",
        "{lon}, {lat} is outside the pack's bounds. Another coordinate system, or latitude first?",
    ),
    "pack_code_twice": Label("代号 {code} 已用于 {unit}。", "The code {code} is already that of {unit}."),
    "pack_limits_order": Label(
        "{level} 应在更轻的等级之后,且限值更严重。",
        "{level} must follow milder levels and have a worse limit.",
    ),
    "pack_recovery": Label(
        "{level} 的恢复值 {recovery} 应在限值 {at} 的正常一侧。",
        "The recovery limit {recovery} of {level} must be on the normal side of its limit {at}.",
    ),
    "pack_stages": Label("环节应按顺序,从“上报”到“结案”。", "The stages must be in order, from reported to closed."),
    "pack_office": Label(
        "办公时间 {given} 应写成“08:30-12:00”,按先后排列。", "Office hours {given} must be as “08:30-12:00”, in order."
    ),
    "file_long": Label("有 {count} 个字,最多 {limit} 个。", "It has {count} characters; at most {limit} are taken."),
    "file_one_line": Label("应写在一行内,不含控制字符。", "Must be one line without control characters."),
    "list_national": Label(
        "“{id}”不是国标代码:GB/T 30428.2 为 4 位数字,GB/T 47678.5 为 5 位。",
        "“{id}” is no national class: 4 digits of GB/T 30428.2, or 5 of GB/T 47678.5.",
    ),
    "list_span": Label(
        "时限 {given} 读不懂。写分钟数,或如 2wh(工作时)、5wd(工作日)。",
        "The limit {given} cannot be read. Write minutes, or as 2wh (working hours), 5wd (working days).",
    ),
    "list_span_long": Label("时限应在 0 到 {limit} {measure}之间。", "A limit is between 0 and {limit} {measure}."),
    "list_span_none": Label("时限应大于 0。", "A limit must be more than 0."),
    "list_hours": Label(
        "时段写两个不同的整点 0 到 24,如 [22, 6]。", "Hours are two different ones from 0 to 24: [22, 6]."
    ),
    # workbooks
    "line_there": Label("{id} 已有这一条。", "{id} is there already."),
    "line_struck": Label("{id} 已划去。请恢复那一条。", "{id} was struck off. Restore that one."),
    "lists_not_yours": Label(
        "只有指挥{area}的人能改这三张清单。", "Only who commands {area} may change the three lists."
    ),
    "book_large": Label("{name} 超过 {limit} MB,没有读。", "{name} is larger than {limit} MB and was not read."),
    "book_bomb": Label(
        "{name} 解开后有 {size} MB,不像清单,没有读。", "{name} would unpack into {size} MB: no list; it was not read."
    ),
    "book_not_xlsx": Label(
        "{name} 不是 XLSX 工作簿,或加了密码。请另存为 XLSX 再试。",
        "{name} is no XLSX workbook, or has a password. Save it as XLSX and try again.",
    ),
    "book_unreadable": Label(
        "读不了 {name}:{text}。什么都没有改动。", "{name} cannot be read: {text}. Nothing was changed."
    ),
    "book_merged": Label(
        "{name} 里有合并单元格({cells})。一行一条,请取消合并再导入。",
        "{name} has merged cells ({cells}). One line is one row: unmerge them, then import again.",
    ),
    "book_rows": Label(
        "{name} 的“{sheet}”超过 {limit} 行,没有读。", "“{sheet}” of {name} has more than {limit} rows and was not read."
    ),
    "book_sheet_unknown": Label("不认识工作表“{sheet}”,没有读。", "The sheet “{sheet}” is not known and was not read."),
    "book_sheet_missing": Label(
        "没有工作表“{sheet}”,这一张清单保持不变。", "There is no sheet “{sheet}”; that list stays as it is."
    ),
    "book_heading_twice": Label("列“{name}”出现了两次。", "The column “{name}” is there twice."),
    "book_unwritten": Label("写不了 {path}:{text}。", "{path} cannot be written: {text}."),
    "cell_formula": Label("是公式。请粘贴为数值。", "It is a formula; paste it as a value."),
    "cell_error": Label("是错误值 {text}。", "It is the error {text}."),
    "cell_date": Label(
        "被当成了日期({text})。请把这一列设为文本再填。",
        "It was taken for a date ({text}). Make the column text, then type it again.",
    ),
    "cell_flag": Label("{text} 应是“是”或留空。", "{text} must be “Yes” or empty."),
    "cell_long": Label(
        "“{text}…”超过一格能放的 {limit} 个字。", "“{text}…” is longer than the {limit} characters of a cell."
    ),
    "pack_hash": Label(
        "不是 Argon2id 密码散列;不要写明文密码。", "Not an Argon2id hash; never write the password itself."
    ),
    "pack_url": Label("{url} 不是视频地址。", "{url} is not the address of a stream."),
    "scenario_one": Label(
        "一条注入只写一项:sensor、call、message、camera 或 link。",
        "An inject has exactly one of: sensor, call, message, camera, link.",
    ),
    "scenario_late": Label("在演练结束({length} 秒)之后。", "After the end of the exercise ({length} s)."),
    "scenario_pack": Label("这个脚本属于资源包 {pack}。", "This scenario belongs to the pack {pack}."),
    # files of calls, and what their columns mean
    "calls_format": Label(
        "时间格式“{format}”不对:用 iso、epoch、epoch_ms,或 %Y-%m-%d %H:%M:%S 这样的写法。",
        "“{format}” is no time format: use iso, epoch, epoch_ms, or a pattern such as %Y-%m-%d %H:%M:%S.",
    ),
    "calls_zone": Label(
        "没有时区 {zone}。写成 Asia/Shanghai 这样。", "There is no time zone {zone}. Write it as Asia/Shanghai."
    ),
    "calls_crs": Label(
        "坐标系是 {crs};这里只收 WGS-84,请先转换。",
        "The coordinates are {crs}; only WGS-84 is taken here. Convert them first.",
    ),
    "calls_encoding": Label("没有编码 {encoding}。", "There is no encoding {encoding}."),
    "calls_column_twice": Label("表头里“{column}”出现多次。", "The header has “{column}” more than once."),
    "calls_no_time": Label(
        "至少要说明一个时间列,例如 received。", "Name at least one column that holds a time, such as received."
    ),
    "calls_half_place": Label(
        "longitude 和 latitude 要么都有,要么都没有。", "Name both longitude and latitude, or neither."
    ),
    "calls_two_places": Label(
        "坐标用 point 或 longitude、latitude,不能都用。", "Name point, or longitude and latitude, not both."
    ),
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
    # the message log
    "alarm_raised": Label("{level}告警:{title}", "{level} alarm: {title}"),
    "alarm_returned": Label("告警恢复:{title}", "Alarm returned to normal: {title}"),
    "alarm_confirmed": Label("告警确认,立案 {code}:{title}", "Alarm confirmed, opened {code}: {title}"),
    "alarm_filtered": Label("告警过滤({reason}):{title} {text}", "Alarm filtered ({reason}): {title} {text}"),
    "incident_opened": Label("接报,立案 {code}:{title} {text}", "Call taken, opened {code}: {title} {text}"),
    "dispatched": Label(
        "采纳方案:{lead}主办,派出 {count} 个单位/力量",
        "Proposal accepted: {lead} leads, {count} agencies and units sent",
    ),
    "reinforced": Label("增派 {count} 个单位/力量", "{count} more agencies and units sent"),
    "said": Label("{text}", "{text}"),
    "status_said": Label("{status} {text}", "{status} {text}"),
    "task_done": Label("任务完成:{task}", "Task done: {task}"),
    "task_undone": Label("任务改回未完成:{task}", "Task set back to open: {task}"),
    "incident_checked": Label("{code} 核查通过", "{code} checked"),
    "incident_closed": Label("{code} 结案", "{code} closed"),
    "handed_over": Label(
        "交接班:{giving} → {taking},双方已签认;移交未结事件 {open} 件",
        "Shift handed over: {giving} → {taking}, signed by both; {open} incidents still open",
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
    # attachments
    "blob_empty": Label(
        "文件是空的,没有添加。其他内容都已保留。请检查后另选文件。",
        "The file is empty and was not attached. Everything else was kept. Check it, or choose another.",
    ),
    "blob_too_large": Label(
        "文件超过 {limit} MB,没有添加。其他内容都已保留。请截短或压缩后再添加。",
        "The file is larger than {limit} MB and was not attached. Everything else was kept. "
        "Shorten or compress it, then attach it again.",
    ),
    "blob_unreadable": Label(
        "读不了“{name}”({text}),没有添加。其他内容都已保留。请检查文件或存储卡。",
        "“{name}” cannot be read ({text}) and was not attached. Everything else was kept. Check the file or the card.",
    ),
    "blob_changed": Label(
        "“{name}”在读取时被改动,没有添加。其他内容都已保留。请等它写完再添加。",
        "“{name}” changed while it was read and was not attached. Everything else was kept. "
        "Wait until it is written, then attach it again.",
    ),
    "blob_missing": Label(
        "附件 {id} 还不在本机。平台收齐后会自动下载。",
        "Attachment {id} is not on this desk yet. It is fetched by itself when the platform has it.",
    ),
    "blob_absent": Label(
        "平台上还没有附件 {id}。稍后自动再取。",
        "The platform does not have attachment {id} yet. It is asked for again by itself.",
    ),
    "blob_damaged": Label(
        "收到的附件 {id} 与校验值不符,已丢弃。稍后自动重新下载。",
        "What came of attachment {id} was not right and was thrown away. It is fetched anew by itself.",
    ),
    "blob_damaged_here": Label(
        "本机的附件 {id} 已损坏,没有发出。请检查磁盘,从原文件重新添加。",
        "Attachment {id} is damaged on this desk and was not sent. Check the disk, and attach the original again.",
    ),
    "blob_refused": Label(
        "平台不接收附件 {id}({code})。本机仍保留。请联系管理员。",
        "The platform does not take attachment {id} ({code}). It is kept here. Tell the administrator.",
    ),
    # why a unit is sent or not
    "unit_able": Label("胜任{able}", "Can do {able}"),
    "unit_nearest": Label("{able}第 {rank} 位", "{able}, number {rank}"),
    "unit_called": Label("值班员点派", "Called in by the operator"),
    "unit_left_out": Label("值班员没有选", "Left out by the operator"),
    "unit_slower": Label("比已选的慢 {minutes} 分钟", "{minutes} min slower than those chosen"),
    "unit_after": Label("排在第 {rank} 位,已选够", "Number {rank}; enough are chosen"),
    "unit_spare": Label("自有力量够用,不请{area}支援", "Own units suffice; {area} is not asked"),
    "unit_off_duty": Label("下班", "Off duty"),
    "unit_here": Label("已在本事件", "Already on this incident"),
    "unit_busy": Label("在 {code} {state}", "{state} for {code}"),
    "unit_too_far": Label("按道路 {minutes:.0f} 分钟内到不了", "Not there within {minutes:.0f} min by road"),
    "unit_too_far_straight": Label("太远,{minutes:.0f} 分钟内到不了", "Too far to be there within {minutes:.0f} min"),
    "unit_of_place": Label("本辖区({area})", "Of this area ({area})"),
    "unit_of_part": Label("属{area}", "Belongs to {area}"),
    "unit_of_others": Label("{area}支援", "Mutual aid from {area}"),
    "unit_lately": Label("近 {hours:.0f} 小时已派 {count} 次", "Sent {count} times in the last {hours:.0f} h"),
    "unit_rested": Label("近 {hours:.0f} 小时未派", "Not sent in the last {hours:.0f} h"),
    "unit_last": Label("派出后{area}没有空闲的{able}力量", "Leaves {area} with nobody free for: {able}"),
    "minutes_road": Label("按道路 {minutes} 分钟", "{minutes} min by road"),
    "minutes_straight": Label("按直线估算 {minutes} 分钟", "about {minutes} min, straight line"),
    "position_unknown": Label("没有定位", "No position"),
    "position_home": Label("没有定位,按驻地估算", "No position; reckoned from its station"),
    "position_stale": Label("定位已 {minutes} 分钟未更新", "Position is {minutes} min old"),
    "position_fresh": Label("定位 {minutes} 分钟前", "Position {minutes} min old"),
    # what is short, and who is asked for help
    "short_of": Label("还缺 {count} 个{need}:{why}", "Still {count} short of {need}: {why}"),
    "short_none": Label("还缺 {count} 个{need}:没有这类力量", "Still {count} short of {need}: there are no such units"),
    "short_part": Label("{count} 个{why}", "{count} {why}"),
    "short_state": Label("{state}", "{state}"),
    "short_free": Label("空闲未选", "free and not chosen"),
    "short_stale": Label("定位过期", "position too old"),
    "aid_asked": Label("已请{area}支援:{unit}", "Mutual aid asked of {area}: {unit}"),
}


def say(phrase: Phrase, lang: Lang) -> str:
    """A phrase in one language."""
    args = {key: value.text(lang) if isinstance(value, Label) else value for key, value in phrase.args.items()}
    return PHRASES[phrase.code].text(lang).format(**args).strip()


def both(phrase: Phrase) -> Label:
    """A phrase as a label of both languages."""
    return Label(say(phrase, "zh"), say(phrase, "en"))
