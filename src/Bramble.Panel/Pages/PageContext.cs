using Bramble.Panel.Button;

namespace Bramble.Panel.Pages;

/// <summary>What a page shows besides the state.</summary>
public sealed record PageContext
{
    /// <summary>How long the page has been shown; lists that are too long turn with it.</summary>
    public TimeSpan Shown { get; init; }

    /// <summary>Place of the page among those that a short press goes through, from 0.</summary>
    public int Index { get; init; }

    /// <summary>How many pages a short press goes through; 0 hides the mark.</summary>
    public int Count { get; init; }

    /// <summary>The button.</summary>
    public HoldStage Stage { get; init; }

    /// <summary>How long the button has been held.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>Title of <see cref="PageKind.Notice"/>.</summary>
    public string NoticeTitle { get; init; } = "";

    /// <summary>Text of <see cref="PageKind.Notice"/>.</summary>
    public string NoticeText { get; init; } = "";
}
