namespace Bramble;

/// <summary>
/// <c>Select</c> and <c>Where</c> of LINQ for all of Bramble's namespaces, in which they are found before the base library's: by iterators that know
/// nothing of one another. The base library's fuse with what follows them, for which a native program holds every pair of value types that sequences
/// are of: 44,000 methods, a third of the program and of the memory that it takes.
/// </summary>
/// <remarks>Superfluous with .NET 10's <c>UseSizeOptimizedLinq</c>.</remarks>
public static class PlainSequences
{
    /// <summary>What a function makes of each element.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (TSource element in source)
        {
            yield return selector(element);
        }
    }

    /// <summary>What a function makes of each element and its place, from 0.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)
    {
        int place = 0;
        foreach (TSource element in source)
        {
            yield return selector(element, place++);
        }
    }

    /// <summary>The elements that fulfil a condition.</summary>
    public static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)
    {
        foreach (TSource element in source)
        {
            if (predicate(element))
            {
                yield return element;
            }
        }
    }
}
