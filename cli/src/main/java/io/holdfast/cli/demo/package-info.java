/**
 * {@code holdfast demo}: a payment cluster of processes under load, with one of them killed. {@link
 * io.holdfast.cli.demo.DemoCommand} takes the options, {@code Demo} is the story.
 */
@NullMarked
package io.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;
