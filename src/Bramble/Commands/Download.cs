using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.ExceptionServices;
using Bramble.Bus;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Commands;

/// <summary>
/// Imports an image from the network while curl fetches it: without root's rights, into a pipe whose other end the storage service reads. A secure
/// address never leads to one that is not.
/// </summary>
internal static class Download
{
    private const string Nobody = "65534";
    private static readonly string[] s_unprivileged = ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"];

    /// <summary>Fetches and imports.</summary>
    /// <exception cref="StorageException">Either failed; nothing is left behind.</exception>
    public static async Task<ImageInfo> ImportAsync(StorageBusProxy storage, Uri address, ImportRequest request, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        request = request with { Source = Shown(address), Length = await LengthAsync(address, cancellation), Name = request.Name ?? NameOf(address) };
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        using Process curl = Start(address, pipe.GetClientHandleAsString());
        pipe.DisposeLocalCopyOfClientHandle();
        Task<string> complaints = curl.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            using var end = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
            ImageInfo image = await storage.ImportStreamAsync(request, end, progress, cancellation);
            await curl.WaitForExitAsync(cancellation);
            return image;
        }
        catch (StorageException e)
        {
            // What curl says is the cause of what storage says.
            if (curl.WaitForExit(TimeSpan.FromSeconds(1)) && curl.ExitCode is not 0 and not 23)
            {
                throw new StorageException($"{request.Source} cannot be fetched: {Words(await complaints, curl.ExitCode)}", e);
            }

            throw;
        }
        finally
        {
            if (!curl.HasExited)
            {
                curl.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Reads what lies at an address.</summary>
    /// <exception cref="StorageException">It cannot be fetched.</exception>
    public static async Task ReadAsync(Uri address, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        ExceptionDispatchInfo? failure = null;
        ProcessResult result = await ChildProcess.RunAsync(
            "setpriv", [.. s_unprivileged, "curl", .. Arguments(address), "--", address.AbsoluteUri], null,
            async (stream, token) =>
            {
                try
                {
                    await read(stream, token);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Where the stream has ended, curl may have the cause.
                    if (await stream.ReadAsync(new byte[1], token) > 0)
                    {
                        throw;
                    }

                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            cancellation);
        if (!result.Succeeded)
        {
            throw new StorageException($"{Shown(address)} cannot be fetched: {result.Words}");
        }

        failure?.Throw();
    }

    /// <summary>curl's arguments for an address: no configuration file, no other protocol, no way from a secure address to an open one.</summary>
    internal static IReadOnlyList<string> Arguments(Uri address)
    {
        string protocols = address.Scheme == "https" ? "=https" : "=http,https";
        return
        [
            "--disable", "--fail", "--silent", "--show-error", "--globoff", "--location", "--max-redirs", "5", "--proto", protocols, "--proto-redir", protocols,
            "--connect-timeout", "20", "--speed-limit", "1000", "--speed-time", "60",
        ];
    }

    /// <summary>The name of an image from its address.</summary>
    internal static string? NameOf(Uri address) => Path.GetFileName(address.AbsolutePath) is { Length: > 0 } name ? Storage.StorageService.ImageNameFrom(Uri.UnescapeDataString(name)) : null;

    private static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static async Task<long> LengthAsync(Uri address, CancellationToken cancellation)
    {
        ProcessResult head = await ChildProcess.RunAsync(
            "setpriv", [.. s_unprivileged, "curl", .. Arguments(address), "--head", "--output", "/dev/null", "--write-out", "%header{content-length}", "--", address.AbsoluteUri], cancellation);
        // A server that does not say it, or answers GET alone: then there is no time left to be shown.
        return head.Succeeded && long.TryParse(head.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : 0;
    }

    private static Process Start(Uri address, string pipe)
    {
        // dash knows no descriptor of more than one digit.
        var start = new ProcessStartInfo("setpriv", [.. s_unprivileged, "bash", "-c", $"exec curl \"$@\" >&{pipe}", "curl", .. Arguments(address), "--", address.AbsoluteUri])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StorageException($"curl cannot be run: {e.Message}. Install the packages curl and util-linux.", e);
        }
    }

    private static string Words(string complaints, int exitCode) =>
        complaints.Trim() is { Length: > 0 } words ? words[(words.LastIndexOf('\n') + 1)..] : $"curl ended with {exitCode}";
}
