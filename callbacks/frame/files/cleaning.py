"""Foreign text made comparable, its original kept: entities, inserted pinyin, old script, spaces. Pure."""

import html
import re
import unicodedata
from dataclasses import dataclass

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[\u4e00-\u9fff])[(\uff08][a-zü{_TONED}]{{1,7}}[)\uff09]")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")
_SPACE_MARK = re.compile(
    r"[ \t\u3000]+(?=[\u3001\uff0c,\u3002;\uff1b\uff1a:)\uff09])|(?<=[(\uff08\u201c\u3001])[ \t\u3000]+"
)
_HALF_COMMA = re.compile(r"(?<=[\u4e00-\u9fff\u201d]),(?=[\u4e00-\u9fff\u201c(])")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_TRADITIONAL = frozenset(
    "萬與專業東絲兩嚴個豐臨為麗舉義烏樂習鄉書買亂爭於虧雲亞產畝親億僅從倉儀們價眾優會傘偉傳傷倫偽體傭債傾僑兒兌黨蘭關興養獸內"
    "岡冊寫軍農馮決況凍淨涼減幾鳳憑凱擊劃劉則剛創刪別劑劍劇勸辦務動勵勁勞勢勳區醫華協單賣盧衛卻廠廳歷厲壓厭縣參雙發變敘葉號嘆"
    "聽啟吳員嗎問喪嘗囑團園圍國圖圓聖場壞塊堅壇墳壘墊報墮處備複夠頭夾奪奮獎婦媽嬰孫學寧寶實審憲宮寬賓寢對尋導壽將爾塵堯盡層"
    "屬歲島嶺幣帥師帳帶幫廣莊慶廬庫應廟開異棄張強彈歸當錄徹徑後懷態憐總懇惡愛憂慣戲戰戶撲執擴掃揚擾撫拋摶搶護擔擬擁揀攔擇掛"
    "揮損換據擋攝數齋斷無舊時曠晝顯曉曬暫術機殺雜權條來楊極構槍標棟樹樓橋檢樣橫歡歐殘毀氣漢湯溝滅溫測濟淚潔灑濤澇澤潤澗滿漁"
    "災爐點煉爛熱煙牆牽犧狀猶獨獅獲環現電畫療瘋癥監蓋盤眼睜礎確碼礙禮種積稱穩窮竊競筆築簡糧緊糾紅約級紀純網納縱線組細織終經"
    "結給絡絕統繼績緒續維綜綠編緩練縮罰羅習聯職腦腳臟艱藝節蘇範藥蟲補裝複見規視覽覺觀計訂認討讓訓議記講許論設訪證評識訴診詞試"
    "詩話該詳語誤說請諸課調談謀護譽豐負財責貧貨質購貯貸費資賓賞賠賴贈贊趙趕車軌軟轉輪較輔輕載輯輸邊達遷過運還這進遠連遲選遞鄰"
    "醞釋針鎮鐵錢銀銷鍵鋼錯長門閉開間閣閱隊陽陰際陸陳險隨隱難電靜響頂項順須預領頻題願類風飛飯館驗驚騰魚鮮鳥鴨麥黃點龍齊齡"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The usable text, the original as it stood, and a sentence for each thing that was done or looks wrong."""

    text: str
    original: str
    remarks: tuple[str, ...]


def clean(original: str) -> Cleaned:
    """Remove inserted pinyin and HTML entities, straighten spaces and commas; say so. Script is never converted."""
    remarks = []
    text = original
    if _ENTITY.search(text):
        text = html.unescape(text)
        remarks.append("含有HTML实体（如&rdquo;），已还原为标点，请核对。")
    inserted = len(_PINYIN.findall(text))
    if inserted:
        text = _PINYIN.sub("", text)
        remarks.append(f"夹有{inserted}处拼音注音，已去掉，原文留底，请核对。")
    if sum(letter in _TRADITIONAL for letter in text) >= 2:
        remarks.append("是繁体字文本，没有自动转换（繁简不一一对应），请改用简体后再导入或逐字核对。")
    spaced = _SPACE_MARK.sub("", _HIDDEN.sub("", text))
    straight = _HALF_COMMA.sub("\uff0c", spaced)
    if straight != text:
        remarks.append("标点前后有多余空格或半角逗号，已规整，原文留底。")
    return Cleaned(re.sub(r"[ \t\r\n]+", " ", straight).strip(), original, tuple(remarks))


def squeeze(text: str) -> str:
    """A name or word for comparison: compatibility forms resolved, no white space, no invisible characters."""
    return re.sub(r"\s+", "", _HIDDEN.sub("", unicodedata.normalize("NFKC", text)))
