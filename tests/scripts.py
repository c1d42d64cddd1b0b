"""Short texts in scripts that are not English: with marks, from right to left, without blanks between words."""

TEXTS = {
    "Hindi": "नदी सुबह शांत रहती है। बाद में नावें आती हैं, और हिन्दी बोलने वाले बच्चे उन्हें किनारे पर गिनते हैं।\n",
    "Hebrew": "הַנָּהָר שָׁקֵט בַּבֹּקֶר. אַחַר כָּךְ בָּאוֹת הַסִּירוֹת, וְהַיְלָדִים אוֹמְרִים שָׁלוֹם וְסוֹפְרִים אוֹתָן.\n",
    "Arabic": "النهر هادئ في الصباح. ثم تأتي القوارب، ويقول الأطفال سلام ويعدّونها على الشاطئ.\n",
    "Thai": "แม่น้ำเงียบในตอนเช้า ต่อมาเรือก็มาถึงที่นี่ และเด็กๆนับเรือที่ริมฝั่งน้ำ\n",
    "Turkish": "Nehir sabahları sakindir. İyi günlerde tekneler gelir, çocuklar onları kıyıda sayar.\n",
    "Korean": "강은 아침에 고요하다. 나중에 배들이 오고, 아이들은 강가에서 배를 하나씩 센다.\n",
    "emoji": (
        "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d🚀🇩🇪 👍🏽 ❤\ufe0f 🏳\ufe0f\u200d🌈 👨\u200d👩\u200d👧\u200d👦 "
        "👩🏽\u200d🚀 🇩🇪🇫🇷 ❤\ufe0f 🇫🇷 👍🏽\n"
    ),
}
