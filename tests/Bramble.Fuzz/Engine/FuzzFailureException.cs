using System.Diagnostics.CodeAnalysis;

namespace Bramble.Fuzz.Engine;

/// <summary>An invariant of a target did not hold.</summary>
public sealed class FuzzFailureException(string message) : Exception(message)
{
    /// <summary>Throws unless it holds.</summary>
    /// <param name="holds">The invariant.</param>
    /// <param name="message">The invariant in words.</param>
    internal static void Require([DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
        {
            throw new FuzzFailureException(message);
        }
    }
}
