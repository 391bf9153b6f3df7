/** {@code holdfast chaos}: what a chaos run left. {@code ChaosCommand} names the verbs. */
@NullMarked
package io.holdfast.cli.chaos;

import org.jspecify.annotations.NullMarked;
