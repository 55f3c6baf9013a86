import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "यह लिखने के लिए कि आपका काम का दिन कब शुरू और कब ख़त्म होता है",
  "secure-area": "आपको बंद जगहों में आने देने के लिए",
  safety: "लोगों की सुरक्षा के लिए",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "आपकी अपनी मर्ज़ी। मना करने पर कोई नुक़सान नहीं।";
  return basis.kind === "law" ? `क़ानून: ${basis.ref}` : `समझौता: ${basis.ref}`;
};

export const hindi: Texts = {
  lang: "hi",
  dir: "ltr",
  why: [
    "यह घड़ी आते-जाते समय आपका चेहरा पहचान सकती है।",
    "इसके बिना भी सब वैसे ही गिना जाता है: आपका बैज और पिन बने रहते हैं।",
    "फ़ैसला आपका है। आप इसे कभी भी यहीं दो बार छूकर वापस ले सकते हैं।",
  ],
  items: (facts) => [
    {
      head: "कौन पूछता है",
      body: `${facts.controller}। सवाल: ${facts.contact}।${facts.dpo === null ? "" : ` डेटा सुरक्षा: ${facts.dpo}।`}`,
    },
    { head: "किसलिए", body: `केवल ${facts.purposes.map((one) => purposes[one]).join(", ")}।` },
    {
      head: "क्या रखा जाता है",
      body: "आपके चेहरे से बनी संख्याएँ। कोई तस्वीर नहीं। वे इसी घड़ी में ताले में रहती हैं।",
    },
    { head: "किस अधिकार से", body: right(facts) },
    {
      head: "कब तक",
      body: `जब तक आप वापस न लें, नौकरी न छोड़ें या ${facts.templateDays} दिन न आएँ।${
        facts.termDays === null ? "" : ` ${facts.termDays} दिन बाद यह अपने आप ख़त्म होता है।`
      }`,
    },
    {
      head: "क्या बचा रहता है",
      body: `आपने कब हाँ कहा, यह सबूत के तौर पर ${facts.consentDays} दिन रखा जाता है।`,
    },
    { head: "किसे मिलता है", body: "किसी को नहीं। आपका चेहरा न बेचा जाता है, न उधार दिया जाता है, न दिखाया जाता है।" },
    {
      head: "आपके अधिकार",
      body: `देखना, कॉपी लेना, रोकना, मिटाना: यहीं, या ${facts.contact} से।`,
    },
    { head: "शिकायत कहाँ करें", body: `${facts.authority}।` },
    { head: "संस्करण", body: `नीति ${facts.policyV}, ${facts.site}।` },
  ],
  agree: ({ controller }) => `मैंने यह पढ़ लिया है। मैं सहमत हूँ कि ${controller} मेरे चेहरे का उपयोग इसी काम और इसी समय के लिए करे।`,
};
