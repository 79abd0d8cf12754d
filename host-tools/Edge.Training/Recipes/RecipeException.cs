namespace Edge.Training.Recipes;

/// <summary>A file that is not a recipe, or a recipe that does not make sense. The message names file, field, expected and
/// found.</summary>
public sealed class RecipeException : Exception
{
    public RecipeException(string message)
        : base(message) { }

    public RecipeException(string message, Exception inner)
        : base(message, inner) { }
}
