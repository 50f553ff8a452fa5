/// What a column holds.
enum Role: Hashable {
    case time, timeOfDay, unix, open, high, low, close, adjusted, volume, quoteVolume, symbol, event
}

/// Reads the names people give to columns.
enum ColumnNames {
    /// What a name stands for, in whose column it is (`ETH.open`), and whose volume it says it is (`Volume USD`).
    struct Reading: Equatable {
        let role: Role
        var prefix: String?
        var asset: String?
    }

    /// A longer one is none.
    private static let longest = 128

    static func read(_ name: String) -> Reading? {
        guard name.utf8.count <= longest else { return nil }
        let plain = plain(name)
        if let role = known[plain] { return Reading(role: role) }
        let words = plain.split(separator: " ")
        // Volume BTC, volume_btc, Volume(USDT)
        if words.count == 2, words[0] == "volume" || words[0] == "vol", !ofNobody.contains(String(words[1])) {
            return Reading(role: .volume, asset: words[1].uppercased())
        }
        // ETH.open, BTC:open, AAPL Close
        guard let cut = name.utf8.lastIndex(where: cuts.contains) else { return nil }
        let prefix = String(name[..<cut]), rest = Self.plain(String(name[name.utf8.index(after: cut)...]))
        guard let role = known[rest], belongsToSymbol.contains(role), !prefix.isEmpty,
            !others.contains(Self.plain(prefix))
        else { return nil }
        return Reading(role: role, prefix: prefix)
    }

    /// Between a symbol and what its column holds.
    private static let cuts = Array(".:_ /|-".utf8)

    /// Lower case, and one space for whatever is neither letter nor digit.
    private static func plain(_ name: String) -> String {
        plainASCII(name.utf8)
            ?? name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : " " }
            .split(separator: " ").map { String($0) }.joined(separator: " ")
    }

    /// The same of what nearly every name is made of, without a look at what letters there are in the world; nil for others.
    private static func plainASCII(_ name: String.UTF8View) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(name.count)
        var isBehindGap = false
        for byte in name {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if isBehindGap, !plain.isEmpty { plain.append(UInt8(ascii: " ")) }
                isBehindGap = false
                plain.append(byte < UInt8(ascii: "A") ? byte : byte | 0x20)
            case 0x80...: return nil
            default: isBehindGap = true
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static let belongsToSymbol: Set<Role> = [.open, .high, .low, .close, .volume]
    /// `adj close` is of no symbol called adj.
    private static let others: Set<String> = [
        "adj", "adjusted", "prev", "previous", "prior", "change", "next", "last", "first", "pre", "after", "time",
        "date",
    ]

    /// `Volume MA` is an average.
    private static let ofNobody: Set<String> = [
        "adj", "adjusted", "ma", "sma", "ema", "avg", "average", "change", "delta", "profile",
    ]

    private static let known: [String: Role] = {
        let names: [(Role, String)] = [
            (
                .time,
                "timestamp,date,datetime,date time,time,open time,opentime,period,start,start time,gmt time,local time"
            ),
            (
                .time,
                "utc,utc time,time utc,date utc,t,ts,dt,day,trade date,price date,bar time,candle begin time,quote date"
            ),
            (.time, "timestamp utc,datum,zeit,zeitpunkt,fecha,data,jour,dtyyyymmdd"),
            (.unix, "unix,unix timestamp,unix time,unixtime,epoch"),
            (
                .open,
                "open,o,opening,open price,opening price,1 open,price open,px open,openprice,opn,first,1a open usd"
            ),
            (.open, "eröffnung,eroeffnung,eroffnung,erster,ouverture,ouv,apertura,abertura,open last"),
            (.high, "high,h,high price,2 high,price high,px high,highprice,max,maximum,2a high usd"),
            (.high, "hoch,tageshoch,höchst,plus haut,haut,máximo,maximo,máx"),
            (.low, "low,l,low price,3 low,price low,px low,lowprice,min,minimum,3a low usd"),
            (.low, "tief,tagestief,tiefst,plus bas,bas,mínimo,minimo,mín"),
            (
                .close,
                "close,c,closing,close price,closing price,4 close,close last,price close,px last,px close,closeprice"
            ),
            (
                .close,
                "last,schluss,schlusskurs,letzter,clôture,cloture,dernier,cierre,último,ultimo,fechamento,4a close usd"
            ),
            (
                .adjusted,
                "adj close,adjclose,adjusted close,adjusted,close adj,5 adjusted close,adj close price,adj closing price"
            ),
            (
                .volume,
                "volume,v,vol,5 volume,6 volume,volumen,umsatz,stück,tick volume,tickvol,real volume,base volume"
            ),
            (.volume, "volumefrom,volume base,shares,total volume,share volume,vol base,volume traded,totalvolume"),
            (
                .quoteVolume,
                "quote volume,quote asset volume,quoteassetvolume,quotevolume,volumeto,volume quote,turnover"
            ),
            (.quoteVolume, "volume notional,volumenotional,taker quote volume,quote av"),
            (
                .symbol,
                "symbol,ticker,stock,pair,instrument,tic,product id,productid,asset,sym,code,security,coin,symbols"
            ),
            (.event, "dividends,dividend,stock splits,exdividend,ex dividend,splitratio,split ratio,dividend amount"),
            (
                .event,
                "7 dividend amount,split coefficient,8 split coefficient,divcash,splitfactor,capital gains,openint,open int"
            ),
        ]
        return Dictionary(
            names.flatMap { role, list in list.split(separator: ",").map { (String($0), role) } },
            uniquingKeysWith: { first, _ in first })
    }()
}
