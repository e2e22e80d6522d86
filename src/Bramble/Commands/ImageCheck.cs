namespace Bramble.Commands;

/// <summary>What <c>bramble image check</c> found.</summary>
/// <param name="Image">The image.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record ImageCheck(string Image, IReadOnlyList<string> Problems);
