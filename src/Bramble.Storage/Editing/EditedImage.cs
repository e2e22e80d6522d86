using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>What an edit of an image did.</summary>
/// <param name="Steps">Every change.</param>
/// <param name="Originals">What was there before.</param>
/// <param name="BootMountPoint">Where the boot tree is mounted in the running system.</param>
internal sealed record EditedImage(IReadOnlyList<EditStep> Steps, IReadOnlyList<Original> Originals, string BootMountPoint);
