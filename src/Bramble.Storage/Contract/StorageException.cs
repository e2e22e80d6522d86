namespace Bramble.Storage.Contract;

/// <summary>A storage operation was refused or failed. The message is for a person: it names the file and the way out.</summary>
public sealed class StorageException : Exception
{
    /// <summary>With a message for a person.</summary>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for a person and the cause.</summary>
    public StorageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
