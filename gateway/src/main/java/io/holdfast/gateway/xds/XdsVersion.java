package io.holdfast.gateway.xds;

/**
 * The version of a response: {@code <digest of the content>.<sequence>}. The digest is the same at
 * every gateway; the sequence says which changes of this gateway the content has.
 */
final class XdsVersion {

  private XdsVersion() {}

  static String of(String digest, long sequence) {
    return digest + "." + sequence;
  }

  static String digest(String version) {
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }

  /** 0 if it is none of ours. */
  static long sequence(String version) {
    try {
      return Long.parseLong(version.substring(version.indexOf('.') + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
