package io.holdfast.config;

/**
 * A secret cannot be decrypted here: this process lacks its key, or the stored form was altered or
 * moved. The message holds no part of the secret.
 */
public final class SecretUnreadableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  SecretUnreadableException(String message) {
    super(message);
  }
}
