"""What the made sources say of a case, sentence by sentence, in three languages."""

from random import Random

# A claim of each scheme as a report words it. The languages say the same, so that the English
# sentence is the translation of the others.
SENTENCES = {
    "situation": {
        "en": "In {year} {country} was in what observers called “{term}”",
        "fa": "در سال {year} {country} در وضعیتی بود که ناظران آن را «{term}» می‌خواندند",
        "ar": "كان الوضع في {country} عام {year} ما سماه المراقبون «{term}»",
    },
    "trigger": {
        "en": "What set off the crisis of {year} in {country} was “{term}”",
        "fa": "آنچه بحران {year} را در {country} برانگیخت «{term}» بود",
        "ar": "وما أشعل أزمة عام {year} في {country} هو «{term}»",
    },
    "aim": {
        "en": "The purpose of {actor} in {country} was “{term}”",
        "fa": "هدف {actor} در {country} «{term}» بود",
        "ar": "وكان هدف {actor} في {country} هو «{term}»",
    },
    "initiation": {
        "en": "The effort in {country} began in {year} with “{term}”",
        "fa": "این تلاش در {country} در سال {year} با «{term}» آغاز شد",
        "ar": "وبدأت الجهود في {country} عام {year} بعد «{term}»",
    },
    "un_role": {
        "en": "The part of the United Nations in {country} may be described as “{term}”",
        "fa": "نقش سازمان ملل متحد در {country} را می‌توان «{term}» توصیف کرد",
        "ar": "ويمكن وصف دور الأمم المتحدة في {country} بأنه «{term}»",
    },
    "role": {
        "en": "In the talks on {country}, {actor} acted as “{term}”",
        "fa": "در گفت‌وگوهای مربوط به {country}، {actor} در مقام «{term}» عمل کرد",
        "ar": "وفي المحادثات بشأن {country}، عمل {actor} بصفة «{term}»",
    },
    "tool": {
        "en": "From {year} on {actor} made use of “{term}” in {country}",
        "fa": "{actor} از سال {year} در {country} از «{term}» بهره گرفت",
        "ar": "ومنذ عام {year} استخدم {actor} في {country} «{term}»",
    },
    "event": {
        "en": "Reports from {country} told of “{term}” in {year}",
        "fa": "گزارش‌های رسیده از {country} در سال {year} از «{term}» حکایت داشت",
        "ar": "وتحدثت التقارير الواردة من {country} عام {year} عن «{term}»",
    },
    "outcome": {
        "en": "These efforts in {country} ended with “{term}”",
        "fa": "این تلاش‌ها در {country} به «{term}» انجامید",
        "ar": "وانتهت هذه الجهود في {country} إلى «{term}»",
    },
    "success_element": {
        "en": "For what {actor} did in {country}, “{term}” counted most",
        "fa": "برای آنچه {actor} در {country} کرد، «{term}» از همه مهم‌تر بود",
        "ar": "وفي ما قام به {actor} في {country}، كان «{term}» الأهم",
    },
}

# What stands between the claims and is not quoted.
BETWEEN = {
    "en": (
        "The situation on the ground remained fluid, and observers followed it with concern",
        "The neighbouring States and the wider region kept a close eye on these developments",
        "Several delegations recalled that prevention costs less than a war",
        "The humanitarian agencies prepared for the arrival of more displaced people",
        "It was too early to say whether the calm in {country} would last",
        "The resources that were set aside for this work in {year} were modest",
    ),
    "fa": (
        "وضعیت میدانی همچنان ناپایدار بود و ناظران با نگرانی آن را دنبال می‌کردند",
        "کشورهای همسایه و سراسر منطقه این تحولات را از نزدیک زیر نظر داشتند",
        "چندین هیئت یادآور شدند که هزینهٔ پیشگیری کمتر از جنگ است",
        "نهادهای بشردوستانه برای ورود شمار بیشتری از آوارگان آماده شدند",
        "هنوز زود بود که گفته شود آرامش در {country} پایدار می‌ماند یا نه",
        "منابعی که در سال {year} برای این کار کنار گذاشته شد اندک بود",
    ),
    "ar": (
        "ظل الوضع في الميدان متقلباً وتابعه المراقبون بقلق",
        "وراقبت الدول المجاورة والمنطقة بأسرها هذه التطورات عن كثب",
        "وذكّرت وفود عدة بأن الوقاية أقل كلفة من الحرب",
        "واستعدت الوكالات الإنسانية لوصول مزيد من النازحين",
        "وكان من السابق لأوانه القول إن الهدوء في {country} سيدوم",
        "وكانت الموارد المخصصة لهذا العمل في عام {year} متواضعة",
    ),
}

NOTES = {
    "en": "The text leaves open who else took part.",
    "fa": "متن نمی‌گوید چه کسان دیگری شرکت داشتند.",
    "ar": "لا يذكر النص من شارك أيضاً.",
}
QUANTITIES = ("more than 40", "three rounds", "12", "some 2,000", "")
PLACES = ("the capital", "Geneva", "Addis Ababa", "the border", "Doha", "New York")
TITLES = {"en": "{country}: {term}, {year}", "fa": "{country}: {term}، {year}"}
TITLES["ar"] = TITLES["fa"]
DOCUMENT_TITLES = {
    "en": "Prevention of conflict: report no. {number}",
    "fa": "پیشگیری از مناقشه: گزارش شمارهٔ {number}",
    "ar": "منع نشوب النزاعات: التقرير رقم {number}",
}
_DIGITS = {"en": {}, "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"), "ar": {}}


def claim(scheme: str, language: str, **named) -> str:
    """The sentence that makes a claim of the scheme, without its full stop."""
    return in_words(SENTENCES[scheme][language], language, **named)


def between(random: Random, language: str, **named) -> str:
    """A sentence from which nothing is coded."""
    return in_words(random.choice(BETWEEN[language]), language, **named)


def in_words(form: str, language: str, *, year: int = 0, **named) -> str:
    """A form filled in, its numbers in the digits of the language."""
    return form.format(year=str(year).translate(_DIGITS[language]), **named)
