using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Bramble.Web;

/// <summary>Writes HTML: what is interpolated is encoded, what is written literally is not.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes markup; values in it are encoded.</summary>
    public Html Add([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Writes markup without values.</summary>
    public Html Add(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Encodes while it is interpolated.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly StringBuilder _text;

        /// <summary>Begins to write.</summary>
        public Markup(int literalLength, int formattedCount, Html html)
        {
            _text = html._text;
        }

        /// <summary>The markup itself.</summary>
        public void AppendLiteral(string value) => _text.Append(value);

        /// <summary>Text of a value.</summary>
        public void AppendFormatted(string? value) => _text.Append(HtmlEncoder.Default.Encode(value ?? ""));

        /// <summary>A number.</summary>
        public void AppendFormatted(int value) => _text.Append(value);

        /// <summary>A number in a format.</summary>
        public void AppendFormatted(double value, string? format = null) => _text.Append(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
