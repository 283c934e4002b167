"""Column names and words of lists in traditional characters, as they are written in simplified ones."""

from __future__ import annotations

_TRADITIONAL = (
    "稱種類業務機會階級預計結單據號碼額幣別銷貨產編規數價負責員門區聯絡電話郵來狀態創時間開啟關閉後進記錄備註網訂購應實際總約簽發織組經團隊線層轉換無變"
    "審執條書帳項報議標題賬歷節點擬達資訊優權倉庫儲運費稅內從屬將對當選擇範圍劃贏輸丟敗廢認確談決訪贊續潛關鍵競爭戶繫縣國廠歸處獲擔週齡鎖沒與專匯彙筆註說製復導為萬億圓幣臺"
)
_SIMPLIFIED = (
    "称种类业务机会阶级预计结单据号码额币别销货产编规数价负责员门区联络电话邮来状态创时间开启关闭后进记录备注网订购应实际总约签发织组经团队线层转换无变"
    "审执条书帐项报议标题账历节点拟达资讯优权仓库储运费税内从属将对当选择范围划赢输丢败废认确谈决访赞续潜关键竞争户系县国厂归处获担周龄锁没与专汇汇笔注说制复导为万亿圆币台"
)
TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
"""For `str.translate`: 商機名稱 is 商机名称."""
