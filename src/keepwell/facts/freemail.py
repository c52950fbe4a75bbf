"""Domains of e-mail addresses that say nothing about a company: anybody can have an address there.

The list is the module's own decision: providers, by country, that give mailboxes under the domain to the public, for
nothing or with an internet connection, and services for throw-away addresses. A domain that is missing here can only do
harm where somebody puts it into the id map; a domain that is here by mistake leaves rows unmatched, and `check` says
so. So a domain is added when its provider offers it to everybody, and never because a customer uses it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

_DOMAINS = """
gmail.com googlemail.com
outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.com.br hotmail.com hotmail.co.uk hotmail.de
hotmail.fr hotmail.es hotmail.it hotmail.nl hotmail.be hotmail.se hotmail.com.br hotmail.com.ar hotmail.ca live.com
live.co.uk live.de live.fr live.it live.nl live.be live.se live.dk live.no live.ca live.com.mx live.cn msn.com
passport.com windowslive.com
yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.au
yahoo.co.in yahoo.in yahoo.co.jp yahoo.co.id yahoo.com.hk yahoo.com.sg yahoo.com.tw yahoo.com.vn yahoo.com.ph yahoo.gr
yahoo.ie yahoo.se yahoo.pl yahoo.ro ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aim.com
icloud.com me.com mac.com
proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com tutamail.com keemail.me
hushmail.com fastmail.com fastmail.fm mailfence.com startmail.com posteo.de posteo.net mailbox.org disroot.org
riseup.net runbox.com zoho.com zohomail.com zohomail.eu hey.com duck.com skiff.com
gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.eu gmx.fr gmx.es gmx.us gmx.info mail.com email.com usa.com europe.com
web.de freenet.de t-online.de arcor.de online.de 1und1.de email.de freemail.de kabelmail.de unitybox.de vodafone.de
versanet.de aon.at chello.at bluewin.ch hispeed.ch sunrise.ch
orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr numericable.fr aliceadsl.fr club-internet.fr
libero.it virgilio.it tiscali.it tim.it alice.it tin.it inwind.it iol.it fastwebnet.it email.it
telefonica.net terra.es ono.com sapo.pt mail.telepac.pt
btinternet.com btopenworld.com sky.com talktalk.net virginmedia.com virgin.net blueyonder.co.uk ntlworld.com
tiscali.co.uk plusnet.com eircom.net
ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl casema.nl quicknet.nl upcmail.nl telenet.be skynet.be
proximus.be scarlet.be
telia.com spray.se bredband.net comhem.se tele2.se mail.dk stofanet.dk tdcadsl.dk online.no broadpark.no suomi24.fi
elisanet.fi luukku.com
wp.pl onet.pl onet.eu o2.pl interia.pl interia.eu poczta.onet.pl tlen.pl gazeta.pl seznam.cz email.cz centrum.cz
post.cz volny.cz azet.sk zoznam.sk centrum.sk freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg inbox.lv
inbox.lt one.lt mail.ee otenet.gr
mail.ru inbox.ru list.ru bk.ru internet.ru yandex.ru yandex.com ya.ru yandex.ua yandex.by yandex.kz rambler.ru
lenta.ru ukr.net i.ua meta.ua bigmir.net tut.by mail.kz
qq.com foxmail.com vip.qq.com 163.com vip.163.com 126.com yeah.net 188.com sina.com sina.cn vip.sina.com sohu.com
tom.com 21cn.com 139.com 189.cn wo.cn aliyun.com
naver.com daum.net hanmail.net nate.com kakao.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com
biglobe.ne.jp excite.co.jp pchome.com.tw hinet.net
rediffmail.com indiatimes.com sify.com
comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com netzero.net
optonline.net frontier.com windstream.net centurylink.net roadrunner.com rr.com ameritech.net pacbell.net excite.com
lycos.com inbox.com rogers.com shaw.ca sympatico.ca telus.net videotron.ca bell.net
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net xtra.co.nz slingshot.co.nz
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com oi.com.br r7.com fibertel.com.ar arnet.com.ar
prodigy.net.mx
walla.co.il walla.com netvision.net.il mynet.com mweb.co.za telkomsa.net
mailinator.com guerrillamail.com 10minutemail.com yopmail.com temp-mail.org trashmail.com getnada.com sharklasers.com
dispostable.com maildrop.cc mailnesia.com throwawaymail.com
"""

FREEMAIL = frozenset(_DOMAINS.split())
"""The domains, in lower case."""


def domain_of(address: ir.StringValue) -> ir.StringValue:
    """The domain of an e-mail address, or of a domain itself, in lower case; NULL where there is none, or several."""
    text = address.strip().lower().re_replace(r"^[^@]*@", "").re_replace(r"[.>]+$", "")
    return ibis.ifelse((text == "") | text.re_search(r"[@,;\s]"), ibis.null("string"), text)


def is_freemail(domain: ir.StringValue) -> ir.BooleanValue:
    """Whether anybody can have an address there. No for NULL."""
    return domain.isin(sorted(FREEMAIL)).fill_null(False)
