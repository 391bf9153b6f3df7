package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.UnavailableException;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;

/** What ZooKeeper's codes for "not you" mean, and what to do. */
public final class Refusals {

  private static final Set<Code> CODES =
      Set.of(Code.NOAUTH, Code.AUTHFAILED, Code.INVALIDACL, Code.SESSIONCLOSEDREQUIRESASLAUTH);

  private Refusals() {}

  public static boolean is(Code code) {
    return CODES.contains(code);
  }

  /** The failure for a code that means "not done": refused, or else {@code unavailable}. */
  public static CoordinationException or(Code code, String what, String unavailable) {
    return is(code)
        ? new AccessRefusedException(explain(code, what))
        : new UnavailableException(unavailable);
  }

  public static String explain(Code code, String what) {
    return switch (code) {
      case NOAUTH ->
          "ZooKeeper denies access to "
              + what
              + ": it belongs to another identity. Log in as its owner (Credentials.withLogin,"
              + " --user, or the owner's client certificate), have an administrator give access"
              + " with setAcl, or use another namespace";
      case INVALIDACL ->
          "ZooKeeper does not know who we are, so that nothing can be made ours at "
              + what
              + ": the server needs an authentication provider for what we show (sasl for a user,"
              + " x509 and ssl.clientAuth for a certificate)";
      case SESSIONCLOSEDREQUIRESASLAUTH ->
          "ZooKeeper serves only who logs in: give user and password (Credentials.withLogin,"
              + " --user), or correct them";
      default ->
          "ZooKeeper refuses the login (at "
              + what
              + "): check user and password, and that the server has the sasl authentication"
              + " provider";
    };
  }
}
