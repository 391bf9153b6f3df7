package io.holdfast.testkit.etcd;

/** There is no etcd on this machine and none could be fetched; the message says what to install. */
public final class EtcdNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1;

  EtcdNotFoundException(String message) {
    super(message);
  }
}
