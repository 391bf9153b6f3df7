package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import java.util.Optional;

/**
 * Nothing was written: the token is not the one that sealed the resource last. There are three
 * causes, and the message says which it can be:
 *
 * <ul>
 *   <li>A later holder has sealed it. Stop, and acquire the lock again.
 *   <li>This holder has not sealed it: {@link FenceGuard#seal} comes first, once for each hold.
 *   <li>The lock is held, and yet its token is the smaller one: the store was changed, or restored
 *       from a backup, and its tokens have started anew. To acquire the lock again does not help;
 *       an operator has to raise the generation.
 * </ul>
 */
public final class StaleTokenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Kept as text, because exceptions can be serialized. */
  private final String token;

  private final String sealed;

  /** For a resource and the refused token, if the sealing token is not known. */
  public StaleTokenException(String resource, FencingToken token) {
    super(
        "'"
            + resource
            + "' is not sealed by "
            + token
            + ", but by a later holder, or by nobody yet: stop, and acquire the lock again");
    this.token = token.toString();
    this.sealed = "";
  }

  /**
   * For a resource and the refused token.
   *
   * @param sealed the token that has sealed it last; {@link FencingToken#NONE} if none has
   */
  public StaleTokenException(String resource, FencingToken token, FencingToken sealed) {
    super("'" + resource + "' is sealed by " + why(token, sealed));
    this.token = token.toString();
    this.sealed = sealed.toString();
  }

  private static String why(FencingToken token, FencingToken sealed) {
    if (sealed.compareTo(token) <= 0) {
      return (sealed.equals(FencingToken.NONE) ? "nobody" : sealed + ", an earlier holder")
          + ", and not by "
          + token
          + ": call seal with this token first, once for each hold, before anything is read";
    }
    return sealed
        + ", which is greater than "
        + token
        + ": a later holder is at work, so stop, and acquire the lock again. But if this lock is still"
        + " held (isHeld), its tokens have started anew, in another store or one restored from a"
        + " backup: raise the generation, 'holdfast generation bump --to "
        + (sealed.generation() + 1L)
        + " --yes', and acquire the lock again then";
  }

  /** Whose write or seal was refused. */
  public FencingToken token() {
    return FencingToken.parse(token);
  }

  /**
   * The token that sealed the resource last; {@link FencingToken#NONE} if nobody has sealed it,
   * empty if the guard does not say.
   */
  public Optional<FencingToken> sealed() {
    return sealed.isEmpty() ? Optional.empty() : Optional.of(FencingToken.parse(sealed));
  }
}
