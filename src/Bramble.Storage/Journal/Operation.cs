namespace Bramble.Storage.Journal;

/// <summary>What is being done to the data folder.</summary>
internal enum Operation
{
    /// <summary>An image is made: imported, or promoted from a client.</summary>
    MakeImage,

    /// <summary>An image is removed.</summary>
    RemoveImage,

    /// <summary>An image gets another name.</summary>
    RenameImage,

    /// <summary>Edits of an image are switched off or on.</summary>
    EditImage,

    /// <summary>A client's root is made: cloned from an image, or duplicated from another client.</summary>
    MakeRoot,

    /// <summary>A client's root is removed with all its states.</summary>
    RemoveRoot,

    /// <summary>A snapshot is taken.</summary>
    TakeSnapshot,

    /// <summary>A snapshot is removed.</summary>
    RemoveSnapshot,

    /// <summary>A client's next boot is to get another state: a rollback or a reset.</summary>
    ChangeState,
}
