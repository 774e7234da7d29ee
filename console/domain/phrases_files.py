"""What is said of settings and of files that people give: packs, scenarios, workbooks, calls."""

from console.domain.words import Label

FILES: dict[str, Label] = {
    # settings
    "settings_unreadable": Label(
        "设置文件 {file} 读不懂:{error}。文件没有改动;改正后再启动,或先移走它用默认设置。",
        "The settings file {file} cannot be read: {error}. It was left as it is; mend it, or move it away.",
    ),
    "settings_unwritten": Label(
        "设置没有保存,{file} 写不进去:{error}。还是原来的设置;改好权限或腾出空间再存。",
        "The settings were not saved, {file} cannot be written: {error}. They are as before; make room or see to rights.",
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
    "pack_half_place": Label("lon 和 lat 要么都写,要么都不写。", "lon and lat are written both, or neither."),
    "pack_phone": Label("“{given}”不像电话号码。", "“{given}” does not look like a phone number."),
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
    # addresses of streams
    "address_bare": Label(
        "不是视频地址:开头要是 {schemes} 之一。", "Not the address of a stream: it begins with one of {schemes}."
    ),
    "address_scheme": Label(
        "没有播放器能打开 {scheme}://;可以用 {schemes}。", "No player opens {scheme}://; use one of {schemes}."
    ),
    "address_sign": Label(
        "打不开:{sign} 要写成 {escaped},用户名和密码里的符号都要这样用百分号编码。",
        "It cannot be opened: write {sign} as {escaped}; signs in a user name or password are percent-encoded.",
    ),
    "address_host": Label("没有可用的主机名或 IP。", "It has no usable host name or IP address."),
    "address_port": Label(
        "主机后面的端口应是 1 到 65535 的数字。", "The port after the host is a number from 1 to 65535."
    ),
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
    "calls_workbook": Label(
        "这是 Excel 工作簿,不是 CSV。请在表格软件里另存为“CSV UTF-8”再导入;什么也没有导入。",
        "This is an Excel workbook, not CSV. Save it as “CSV UTF-8” and import that; nothing was taken in.",
    ),
    "calls_web_page": Label(
        "这是网页,不是表格(多半是登录页或报错页被存成了文件)。请重新下载 CSV;什么也没有导入。",
        "This is a web page, not a table (a sign-in or error page, most likely). Download the CSV again; "
        "nothing was taken in.",
    ),
    "calls_no_header": Label(
        "前 40 行里没有一行含有映射所说的列。这一行的列是:{columns}。什么也没有导入。",
        "None of the first 40 lines has any of the mapping's columns. The columns of this one are: {columns}. "
        "Nothing was taken in.",
    ),
    "calls_read_as": Label("编码 {encoding},分隔符 {delimiter}", "Encoding {encoding}, separator {delimiter}"),
    "calls_found": Label(
        "编码 {encoding}(查出的),分隔符 {delimiter}", "Encoding {encoding} (found), separator {delimiter}"
    ),
    "calls_guessed": Label(
        "编码 {encoding}(猜的:有乱码就在对应关系里写 encoding),分隔符 {delimiter}",
        "Encoding {encoding} (guessed: if letters look wrong, write encoding in the mapping), separator {delimiter}",
    ),
    "calls_before": Label(
        "表头在第 {line} 行;前面的 {count} 行不是记录,已跳过:{first} …",
        "The header is on line {line}; what stands before it is no record and was skipped ({count}): {first} …",
    ),
    "calls_rows": Label("已读 {rows} 行", "{rows} rows read"),
    "calls_taken": Label(
        "已导入 {count} / {all} 个案件,{facts} 条事实,每秒 {pace} 行",
        "{count} of {all} calls taken in, {facts} facts, {pace} rows a second",
    ),
    "calls_interrupted": Label(
        "已中断:{count} 个案件已导入并保存;再运行同一条命令,会从这里接着导入,不会重复。",
        "Interrupted: {count} calls were taken in and kept. The same command goes on from here; nothing comes twice.",
    ),
    "calls_columns": Label("文件里的列是:{columns}。", "The columns of the file are: {columns}."),
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
}
