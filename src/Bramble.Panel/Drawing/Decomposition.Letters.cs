namespace Bramble.Panel.Drawing;

/// <content>
/// Letters with accents and the letter below each, by the decompositions of the Unicode Character Database (version 14.0.0). The base library's own
/// normalisation does nothing in a program without culture data.
/// </content>
internal static partial class Decomposition
{
    /// <summary>Runs of characters: the first one, then for each the letter below its accents, or a full stop where there is none.</summary>
    private static readonly (int First, string Letters)[] s_letters =
    [
        (0x00C0,
            "AAAAAA.CEEEEIIII.NOOOOO..UUUUY..aaaaaa.ceeeeiiii.nooooo..uuuuy.yAaAaAaCcCcCcCcDd..EeEeEeEeEeGgGgGgGgHh.."
            + "IiIiIiIiI.IiJjKk.LlLlLlLl..NnNnNnʼ..OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZzs"),
        (0x0180,
            "................................Oo.............Uu...................DDdLLlNNnAaIiOoUuUuUuUuUu.AaAaÆæ..Gg"
            + "KkOoOoƷʒjDDdGg..NnAaÆæØøAaAaEeEeIiIiOoOoRrRrUuUuSsTt..Hh......AaEeOoOoOoOoYy............................"),
        (0x0370,
            "....ʹ.................Α.ΕΗΙ.Ο.ΥΩι.........................ΙΥαεηιυ.........................ιυουω.βθΥΥΥφπ."
            + "........................κρς.Θε...Σ......"),
        (0x0400,
            "ЕЕ.Г...І....КИУ..........И...............................и......................ее.г...і....киу........."
            + "..............Ѵѵ.........................................................................Жж............."
            + "АаАа..Ее..ӘәЖжЗз..ИиИиОо..ӨөЭэУуУуУуЧч..Ыы......................................................"),
        (0x1E00,
            "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSs"
            + "SsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyas....AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOo"
            + "OoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......"),
        (0x1F00,
            "ααααααααΑΑΑΑΑΑΑΑεεεεεε..ΕΕΕΕΕΕ..ηηηηηηηηΗΗΗΗΗΗΗΗιιιιιιιιΙΙΙΙΙΙΙΙοοοοοο..ΟΟΟΟΟΟ..υυυυυυυυ.Υ.Υ.Υ.Υωωωωωωωω"
            + "ΩΩΩΩΩΩΩΩααεεηηιιοουυωω..ααααααααΑΑΑΑΑΑΑΑηηηηηηηηΗΗΗΗΗΗΗΗωωωωωωωωΩΩΩΩΩΩΩΩααααα.ααΑΑΑΑΑ.ι...ηηη.ηηΕΕΗΗΗ..."
            + "ιιιι..ιιΙΙΙΙ....υυυυρρυυΥΥΥΥΡ.....ωωω.ωωΟΟΩΩΩ..."),
    ];
}
