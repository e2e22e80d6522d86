using System.Globalization;

namespace Bramble.Panel.Pages;

/// <summary>Numbers as short words.</summary>
internal static class PageText
{
    /// <summary>Bytes with a unit, two or three digits: 812 MB, 45 GB, 1.9 TB.</summary>
    public static string Bytes(long bytes)
    {
        double value = Math.Max(0, bytes);
        foreach (string unit in (ReadOnlySpan<string>)["B", "kB", "MB", "GB", "TB"])
        {
            if (value < 999.5 || unit == "TB")
            {
                string digits = value < 9.95 && unit is ("GB" or "TB") ? "0.0" : "0";
                return value.ToString(digits, CultureInfo.InvariantCulture) + " " + unit;
            }

            value /= 1000;
        }

        return "";
    }

    /// <summary>A length of time in its largest units: 45 s, 3 min, 4 h, 3 d.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 60 ? Number(span.TotalSeconds, "s")
        : span.TotalMinutes < 60 ? Number(span.TotalMinutes, "min")
        : span.TotalHours < 24 ? Number(span.TotalHours, "h")
        : Number(span.TotalDays, "d");

    /// <summary>A length of time in two units: 3 d 4 h.</summary>
    public static string LongSpan(TimeSpan span) =>
        span.TotalHours < 1 ? Span(span)
        : span.TotalDays < 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h");

    /// <summary>Time left as minutes and seconds, begun seconds counted: 1:43.</summary>
    public static string Countdown(TimeSpan left)
    {
        int seconds = (int)Math.Ceiling(Math.Max(0, left.TotalSeconds));
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)value)} {unit}");
}
