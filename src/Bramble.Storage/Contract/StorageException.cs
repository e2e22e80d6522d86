namespace Bramble.Storage.Contract;

/// <summary>A storage operation was refused or failed. The message is for a person: it names the file and the way out.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Code of a client that has no root.</summary>
    public const string NoRoot = "NoRoot";

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

    /// <summary>What it is for a program that goes another way then, such as <see cref="NoRoot"/>; empty for all that only a person can do something about.</summary>
    public string Code { get; init; } = "";
}
