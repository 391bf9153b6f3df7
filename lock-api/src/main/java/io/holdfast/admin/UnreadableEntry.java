package io.holdfast.admin;

import io.holdfast.coordination.Key;

/**
 * Something in a directory of ours that means nothing to us.
 *
 * @param key where it is
 * @param why what is wrong with it, and what to do
 */
public record UnreadableEntry(Key key, String why) {

  /** For messages. */
  @Override
  public String toString() {
    return key + ": " + why;
  }
}
