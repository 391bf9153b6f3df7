package io.holdfast.coordination.security;

/**
 * A user and where the password is.
 *
 * @param user as the cluster knows it
 * @param password fetched at each login
 */
public record Login(String user, Secret password) {

  public Login {
    if (user.isBlank() || user.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a user has a name of printable characters");
    }
  }
}
