package io.holdfast.config;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The sealed form of a secret: {@code <key id>:<Base64 of nonce, ciphertext and tag>}, by AES-GCM.
 *
 * <p>The setting's name is authenticated with it: a secret that somebody copies to another setting
 * cannot be read there. That an older secret of the same setting is put back is not noticed.
 */
final class SecretBox {

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SecretBox() {}

  static String seal(ConfigKey key, String text, KeyRing.Entry with) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, with, nonce);
      byte[] sealed = cipher.doFinal(text.getBytes(StandardCharsets.UTF_8));
      byte[] whole = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, whole, nonce.length, sealed.length);
      return with.id() + ":" + Base64.getEncoder().encodeToString(whole);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no AES-GCM", e);
    }
  }

  static String open(ConfigKey key, String sealed, KeyRing keys) {
    String id = keyOf(sealed);
    KeyRing.Entry with =
        keys.find(id)
            .orElseThrow(
                () ->
                    new SecretUnreadableException(
                        key + " is a secret under key '" + id + "', which is not in " + keys));
    try {
      byte[] whole = Base64.getDecoder().decode(sealed.substring(id.length() + 1));
      if (whole.length > NONCE_BYTES) {
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, with, Arrays.copyOf(whole, NONCE_BYTES));
        byte[] text = cipher.doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        return new String(text, StandardCharsets.UTF_8);
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Falls through: neither says anything that the message below does not.
    }
    throw new SecretUnreadableException(
        key + " is not what was encrypted by key '" + id + "' for it: altered, moved or truncated");
  }

  /** The key's id; the sealed form has been checked by {@link #isSealed}. */
  static String keyOf(String sealed) {
    return sealed.substring(0, sealed.indexOf(':'));
  }

  static boolean isSealed(String text) {
    int colon = text.indexOf(':');
    return colon > 0 && KeyRing.isId(text.substring(0, colon));
  }

  private static Cipher cipher(int mode, ConfigKey key, KeyRing.Entry with, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, with.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(("holdfast-config 1 " + key).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
