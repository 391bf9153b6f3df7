package io.holdfast.spi.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files with what the JDK has. Failures name the file and never its contents. */
final class Pem {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
  private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private Pem() {}

  /** All certificates of a file, at least one. */
  static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException("no certificate in " + file);
      }
      return found;
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("no PEM certificates in " + file, e);
    }
  }

  /** The private key of a file. */
  static PrivateKey key(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    Matcher key = KEY.matcher(text);
    if (!key.find()) {
      throw new IllegalArgumentException(
          OTHER_KEY.matcher(text).find()
              ? "the key in "
                  + file
                  + " is encrypted or of an older form: make a plain one with"
                  + " 'openssl pkcs8 -topk8 -nocrypt'"
              : "no PEM private key in " + file);
    }
    byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
    try {
      return key(file, new PKCS8EncodedKeySpec(encoded));
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static PrivateKey key(Path file, PKCS8EncodedKeySpec encoded) {
    return ALGORITHMS.stream()
        .flatMap(algorithm -> key(algorithm, encoded).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the key in "
                        + file
                        + " is damaged, or none of "
                        + String.join(", ", ALGORITHMS)));
  }

  private static Optional<PrivateKey> key(String algorithm, PKCS8EncodedKeySpec encoded) {
    try {
      return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(encoded));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM lacks " + algorithm, e);
    }
  }

  private static IllegalArgumentException unreadable(Path file, IOException e) {
    return new IllegalArgumentException(
        file + " cannot be read: " + e.getClass().getSimpleName(), e);
  }
}
