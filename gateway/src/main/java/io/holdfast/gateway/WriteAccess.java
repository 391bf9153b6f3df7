package io.holdfast.gateway;

import io.holdfast.coordination.Payload;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may write: whoever shows one of the tokens. A token is sent as {@code Authorization: Bearer
 * TOKEN}, as the password of {@code Authorization: Basic} (so that it can stand in a URL, as
 * Eureka's clients have it), or as {@code X-Consul-Token}. Without tokens nobody may write.
 *
 * <p>Keeps only hashes of the tokens.
 */
public final class WriteAccess {

  private static final Pattern LINE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})\\s+(\\S+)");
  private static final int SHORTEST = 16;
  private static final int MOST = 1_000;

  /** Of whom a token is, and its hash. */
  private record Principal(String name, Payload hash) {}

  private final List<Principal> principals;

  private WriteAccess(List<Principal> principals) {
    this.principals = List.copyOf(principals);
  }

  /** Nobody may write. */
  public static WriteAccess none() {
    return new WriteAccess(List.of());
  }

  /**
   * Reads tokens, one a line: a name, a space, the token. Empty lines, and those that begin with
   * {@code #}, are passed over.
   *
   * @throws IllegalArgumentException if it cannot be read, or a line is not so; tokens are not
   *     named
   */
  public static WriteAccess read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("the tokens in " + file + " cannot be read", e);
    }
    List<Principal> principals = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher words = LINE.matcher(line.strip());
      if (!words.matches()) {
        throw new IllegalArgumentException(
            file + ", line " + number + ": write a name, a space and a token");
      }
      if (words.group(2).length() < SHORTEST) {
        throw new IllegalArgumentException(
            file + ", line " + number + ": a token has at least " + SHORTEST + " characters");
      }
      principals.add(new Principal(words.group(1), Payload.of(hash(words.group(2)))));
    }
    if (principals.isEmpty() || principals.size() > MOST) {
      throw new IllegalArgumentException(file + ": 1 to " + MOST + " tokens");
    }
    return new WriteAccess(principals);
  }

  /** The name of the one whose token came with the request; empty if that is nobody. */
  public Optional<String> of(HttpServerRequest request) {
    String consul = request.getHeader("X-Consul-Token");
    return ofToken(consul != null ? consul : token(request.getHeader("Authorization")));
  }

  /** The name of the one whose token this is; empty if it is nobody's. */
  public Optional<String> ofToken(@Nullable String token) {
    if (token == null || token.isEmpty()) {
      return Optional.empty();
    }
    byte[] hash = hash(token);
    Optional<String> found = Optional.empty();
    for (Principal one : principals) {
      if (MessageDigest.isEqual(one.hash().bytes(), hash)) {
        found = Optional.of(one.name());
      }
    }
    return found;
  }

  private static @Nullable String token(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    int space = authorization.indexOf(' ');
    String scheme = space < 0 ? "" : authorization.substring(0, space);
    String value = authorization.substring(space + 1).strip();
    if (scheme.equalsIgnoreCase("Bearer")) {
      return value;
    }
    if (!scheme.equalsIgnoreCase("Basic")) {
      return null;
    }
    try {
      String pair = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return principals.size() + " tokens";
  }
}
