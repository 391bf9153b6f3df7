package io.holdfast.admin;

import io.holdfast.coordination.Key;

/**
 * An entry in a directory of Holdfast that Holdfast cannot read.
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
