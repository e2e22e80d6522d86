using System.Text;

namespace Bramble.Fleet.Story;

/// <summary>Words in lines of a terminal. Pure.</summary>
public static class HangingText
{
    private const int LeastRoom = 24;

    /// <summary>Writes words behind a first column, and the lines after it under its end.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="words">The words.</param>
    /// <param name="width">Columns of the terminal; a word that is longer than a line stands over.</param>
    /// <returns>Without an end of line after the last.</returns>
    public static string Write(string first, string words, int width)
    {
        var text = new StringBuilder(first);
        int room = Math.Max(LeastRoom, width - first.Length);
        int used = 0;
        foreach (string word in words.Split(' '))
        {
            if (used > 0 && used + 1 + word.Length > room)
            {
                text.Append('\n').Append(' ', first.Length);
                used = 0;
            }
            else if (used > 0)
            {
                text.Append(' ');
                used++;
            }

            text.Append(word);
            used += word.Length;
        }

        return text.ToString();
    }
}
