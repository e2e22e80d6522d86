namespace Bramble.Web;

/// <summary>An answer of the page.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">Media type with its charset.</param>
/// <param name="Body">UTF-8 or octets.</param>
internal sealed record WebReply(int Status, string Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>Media type of a page.</summary>
    public const string Html = "text/html; charset=utf-8";

    /// <summary>Media type of Prometheus' text format.</summary>
    public const string Metrics = "text/plain; version=0.0.4; charset=utf-8";
}
