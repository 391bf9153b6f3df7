/**
 * {@code holdfast demo}: a payment cluster of processes under load, with one of them killed. {@link
 * io.holdfast.demo.DemoCommand} takes the options, {@code Demo} is the story. {@code DemoCommands}
 * adds the commands of this module to {@code holdfast}.
 */
@NullMarked
package io.holdfast.demo;

import org.jspecify.annotations.NullMarked;
