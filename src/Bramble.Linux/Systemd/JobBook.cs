namespace Bramble.Linux.Systemd;

/// <summary>
/// Brings together who waits for a job and how the job ended, in whatever order the two arrive: the signal that a job is gone can be
/// handled before the reply that named the job. Safe from any thread.
/// </summary>
internal sealed class JobBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<string>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ended = new(StringComparer.Ordinal);
    private int _expecting;

    /// <summary>A job is about to be asked for: from now on, ends are kept until <see cref="Forget"/>.</summary>
    public void Expect()
    {
        lock (_gate)
        {
            _expecting++;
        }
    }

    /// <summary>The other half of <see cref="Expect"/>.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            if (--_expecting == 0)
            {
                _ended.Clear();
                _waiting.Clear();
            }
        }
    }

    /// <summary>The end of a job that was asked for after <see cref="Expect"/>.</summary>
    /// <param name="job">Object path of the job.</param>
    public Task<string> EndOf(string job)
    {
        lock (_gate)
        {
            if (_ended.TryGetValue(job, out string? result))
            {
                return Task.FromResult(result);
            }
            if (!_waiting.TryGetValue(job, out TaskCompletionSource<string>? waiter))
            {
                // Two callers can be given the same job: systemd merges them.
                _waiting[job] = waiter = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            return waiter.Task;
        }
    }

    /// <summary>A job is gone.</summary>
    /// <param name="job">Object path of the job.</param>
    /// <param name="result">Its result.</param>
    public void Removed(string job, string result)
    {
        lock (_gate)
        {
            if (_expecting == 0)
            {
                return;
            }
            _ended[job] = result;
            if (_waiting.Remove(job, out TaskCompletionSource<string>? waiter))
            {
                waiter.SetResult(result);
            }
        }
    }
}
