package io.holdfast.testkit.fault;

/** What a provider can do to a cluster. */
public enum Ability {
  /** SIGKILL and start servers. */
  KILL_SERVERS,
  /** Freeze servers. */
  PAUSE_SERVERS,
  /** Take servers off the network altogether. */
  UNPLUG_SERVERS,
  /** Cut what a client and a server say to each other, either way or both. */
  CUT_CLIENTS,
  /** Delay what a client and a server say to each other. */
  DELAY_CLIENTS,
  /** Reset the connections between a client and a server. */
  RESET_CLIENTS,
  /** Cut what servers say to each other. */
  CUT_SERVERS,
  /** Lose some packets. */
  LOSE_PACKETS,
}
