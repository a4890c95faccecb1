"""Answers of vendors, as their references show them: whole and in pieces, as dicts and as objects."""

from __future__ import annotations

import enum
import types

import pytest

CHAT = {
    "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi", "refusal": None}}],
    "usage": {
        "prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
        "prompt_tokens_details": {"cached_tokens": 5}, "completion_tokens_details": {"reasoning_tokens": 4},
    },
}  # fmt: skip
TOOLS = {
    "object": "chat.completion", "model": "gpt-4o",
    "choices": [
        {"index": 0, "finish_reason": "tool_calls",
         "message": {"content": None, "tool_calls": [{"id": "a", "type": "function"}, {"id": "b", "type": "function"}]}},
        {"index": 1, "finish_reason": "length", "message": {"content": "So"}},
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2},
}  # fmt: skip
REFUSAL = {
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": None, "refusal": "I will not."}}]
}
COMPLETION = {
    "object": "text_completion", "model": "davinci", "choices": [{"text": "Hi", "index": 0, "finish_reason": "length"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 7},
}  # fmt: skip
EMBEDDING = {
    "object": "list", "model": "text-embedding-3-small", "data": [{"embedding": [0.1]}],
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}  # fmt: skip
RESPONSE = {
    "id": "resp_1", "object": "response", "status": "completed", "model": "gpt-4.1", "incomplete_details": None,
    "output": [
        {"type": "reasoning", "id": "rs"},
        {"type": "function_call", "name": "weather"},
        {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
    ],
    "usage": {
        "input_tokens": 36, "input_tokens_details": {"cached_tokens": 6}, "output_tokens": 87,
        "output_tokens_details": {"reasoning_tokens": 40},
    },
}  # fmt: skip
CUT_RESPONSE = {
    "object": "response", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "model": "m",
    "output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}],
}  # fmt: skip
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4",
    "content": [{"type": "text", "text": "Hi"}, {"type": "tool_use", "id": "t", "name": "weather", "input": {}}],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 7, "output_tokens": 25},
}  # fmt: skip
GEMINI = {
    "candidates": [{"content": {"parts": [{"text": "Hi"}, {"function_call": {"name": "weather"}}]},
                    "finish_reason": "STOP", "index": 0}],
    "usage_metadata": {
        "prompt_token_count": 11, "candidates_token_count": 20, "thoughts_token_count": 30,
        "tool_use_prompt_token_count": 2, "cached_content_token_count": 4, "total_token_count": 63,
    },
    "model_version": "gemini-2.5-flash",
}  # fmt: skip
GEMINI_OF_REST = {
    "candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "MAX_TOKENS"}],
    "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 20}, "modelVersion": "gemini-2.0",
}  # fmt: skip
BLOCKED = {
    "prompt_feedback": {"block_reason": "SAFETY"}, "usage_metadata": {"prompt_token_count": 4}, "candidates": None,
}  # fmt: skip
CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}, {"toolUse": {"name": "weather"}}]}},
    "stopReason": "max_tokens",
    "usage": {"inputTokens": 125, "cacheReadInputTokens": 10, "outputTokens": 60, "totalTokens": 195},
    "metrics": {"latencyMs": 1175},
}  # fmt: skip
TITAN = {
    "inputTextTokenCount": 5,
    "results": [{"tokenCount": 9, "outputText": "Hi", "completionReason": "FINISH"}],
}  # fmt: skip
COHERE = {
    "id": "c", "finish_reason": "COMPLETE",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}], "tool_calls": [{"id": "a"}]},
    "usage": {"billed_units": {"input_tokens": 5.0, "output_tokens": 418.0},
              "tokens": {"input_tokens": 71, "output_tokens": 418}},
}  # fmt: skip
COHERE_OF_OLD = {
    "text": "Hi", "generation_id": "g", "finish_reason": "MAX_TOKENS",
    "meta": {"tokens": {"input_tokens": 3, "output_tokens": 4}},
}  # fmt: skip
VLLM = {
    "request_id": "1", "prompt_token_ids": [1, 2, 3],
    "outputs": [{"index": 0, "text": "Hi", "token_ids": (7, 8), "finish_reason": "length"}],
}  # fmt: skip
TEXT_GENERATION = {
    "generated_text": "Hi",
    "details": {"finish_reason": "eos_token", "generated_tokens": 20, "prefill": [{"id": 1}, {"id": 2}]},
}  # fmt: skip
OLLAMA = {
    "model": "llama3.2", "message": {"role": "assistant", "content": "Hi"}, "done": True, "done_reason": "stop",
    "prompt_eval_count": 26, "eval_count": 298,
}  # fmt: skip
OWN = {"answer": "Hi", "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}

WHOLE = [
    (CHAT, {"input": 19, "output": 10, "cached": 5, "reasoning": 4, "model": "gpt-4o-2024-08-06", "finish": ("stop",)}),
    (TOOLS, {"input": 1, "output": 2, "model": "gpt-4o", "finish": ("tool_calls", "length"), "tools": 2}),
    (REFUSAL, {"finish": ("stop",), "refusal": True}),
    (COMPLETION, {"input": 5, "output": 7, "model": "davinci", "finish": ("length",)}),
    (EMBEDDING, {"input": 8, "model": "text-embedding-3-small"}),
    (RESPONSE, {"input": 36, "output": 87, "cached": 6, "reasoning": 40, "model": "gpt-4.1", "finish": ("tool_calls",),
                "tools": 1}),
    (CUT_RESPONSE, {"model": "m", "finish": ("length",), "refusal": True}),
    (MESSAGE, {"input": 117, "output": 25, "cached": 100, "model": "claude-sonnet-4", "finish": ("tool_calls",),
               "tools": 1}),
    (GEMINI, {"input": 13, "output": 50, "cached": 4, "reasoning": 30, "model": "gemini-2.5-flash", "finish": ("stop",),
              "tools": 1}),
    (GEMINI_OF_REST, {"input": 11, "output": 20, "model": "gemini-2.0", "finish": ("length",)}),
    (BLOCKED, {"input": 4, "finish": ("content_filter",)}),
    (CONVERSE, {"input": 135, "output": 60, "cached": 10, "finish": ("length",), "tools": 1}),
    (TITAN, {"input": 5, "output": 9, "finish": ("stop",)}),
    (COHERE, {"input": 5, "output": 418, "finish": ("stop",), "tools": 1}),
    (COHERE_OF_OLD, {"input": 3, "output": 4, "finish": ("length",)}),
    (VLLM, {"input": 3, "output": 2, "finish": ("length",)}),
    (TEXT_GENERATION, {"input": 2, "output": 20, "finish": ("stop",)}),
    (OLLAMA, {"input": 26, "output": 298, "model": "llama3.2", "finish": ("stop",)}),
    (OWN, {"input": 3, "output": 4, "model": "gpt-4o"}),
]  # fmt: skip
NAMES = [
    "chat", "tools", "refusal", "completion", "embedding", "response", "cut response", "message", "gemini",
    "gemini of REST", "blocked", "converse", "titan", "cohere", "cohere of old", "vllm", "text generation", "ollama", "own",
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), WHOLE, ids=NAMES)
def test_a_whole_answer_is_read(answer, form, value, expected):
    """Whatever form the library gives it."""
    assert answer(form(value)) == expected


def test_the_only_answer_of_a_list_is_read_and_no_other(answer):
    """Engines answer a batch with a list: of several nobody knows which one is meant."""
    assert answer([VLLM])["output"] == 2
    assert answer([VLLM, VLLM]) == {}


CHAT_CHUNKS = [
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}], "usage": None}, False),
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": None}]}, True),
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "a"}]}}]}, True),
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {}}]}}]}, True),
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 1, "id": "b"}]}}]}, True),
    ({"model": "gpt-4o", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}, False),
    ({"model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 12}}, False),
]  # fmt: skip
RESPONSE_EVENTS = [
    ({"type": "response.created", "response": {"object": "response", "status": "in_progress", "model": "gpt-4.1"}}, False),
    ({"type": "response.output_item.added", "item": {"type": "message"}}, False),
    ({"type": "response.output_text.delta", "delta": "Hi"}, True),
    ({"type": "response.output_text.delta", "delta": ""}, False),
    ({"type": "response.output_text.done", "text": "Hi"}, False),
    ({"type": "response.completed", "response": RESPONSE}, False),
]  # fmt: skip
MESSAGE_EVENTS = [
    ({"type": "message_start", "message": {
        "type": "message", "model": "claude", "content": [], "stop_reason": None,
        "usage": {"input_tokens": 25, "cache_read_input_tokens": 5, "output_tokens": 1}}}, False),
    ({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}, False),
    ({"type": "ping"}, False),
    ({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}, True),
    ({"type": "content_block_stop", "index": 0}, False),
    ({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "name": "weather"}}, True),
    ({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}}, True),
    ({"type": "message_delta", "delta": {"stop_reason": "refusal"}, "usage": {"output_tokens": 15}}, False),
    ({"type": "message_stop"}, False),
]  # fmt: skip
GEMINI_CHUNKS = [
    ({"candidates": [{"content": {"parts": [{"text": ""}]}}], "usage_metadata": {"prompt_token_count": 7}}, False),
    ({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}],
      "usage_metadata": {"prompt_token_count": 7, "candidates_token_count": 1}}, True),
    ({"candidates": [{"content": {"parts": [{"function_call": {}}]}}]}, True),
    ({"candidates": [{"content": {"parts": [{"function_call": {}}]}, "finish_reason": "STOP"}],
      "usage_metadata": {"prompt_token_count": 7, "candidates_token_count": 6}, "model_version": "g"}, True),
]  # fmt: skip
CONVERSE_EVENTS = [
    ({"messageStart": {"role": "assistant"}}, False),
    ({"contentBlockStart": {"start": {"toolUse": {"name": "weather"}}, "contentBlockIndex": 0}}, True),
    ({"contentBlockDelta": {"delta": {"text": "Hi"}, "contentBlockIndex": 1}}, True),
    ({"contentBlockDelta": {"delta": {"text": ""}, "contentBlockIndex": 1}}, False),
    ({"contentBlockStop": {"contentBlockIndex": 1}}, False),
    ({"messageStop": {"stopReason": "end_turn"}}, False),
    ({"metadata": {"usage": {"inputTokens": 9, "outputTokens": 3}}}, False),
]  # fmt: skip
COHERE_EVENTS = [
    ({"type": "message-start", "id": "1"}, False),
    ({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I"}}}, True),
    ({"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": {"id": "a"}}}}, True),
    ({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}}, True),
    ({"type": "content-end", "index": 0}, False),
    ({"type": "message-end", "delta": {
        "finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 17, "output_tokens": 3}}}}, False),
]  # fmt: skip
COHERE_EVENTS_OF_OLD = [
    ({"event_type": "stream-start", "generation_id": "g"}, False),
    ({"event_type": "text-generation", "text": "Hi"}, True),
    ({"event_type": "stream-end", "response": COHERE_OF_OLD}, False),
]  # fmt: skip
VLLM_PIECES = [
    ({**VLLM, "outputs": [{"index": 0, "token_ids": [], "finish_reason": None}]}, False),
    ({**VLLM, "outputs": [{"index": 0, "token_ids": [1], "finish_reason": "stop"}]}, True),
]  # fmt: skip
TEXT_GENERATION_CHUNKS = [
    ({"token": {"id": 1, "text": "Hi"}, "generated_text": None, "details": None}, True),
    ({"token": {"id": 2, "text": "."}, "generated_text": "Hi.",
      "details": {"finish_reason": "length", "generated_tokens": 2, "input_length": 6}}, True),
]  # fmt: skip
OLLAMA_CHUNKS = [
    ({"model": "llama", "message": {"content": "Hi"}, "done": False}, True),
    ({"model": "llama", "response": "Hi", "done": False}, True),
    ({"model": "llama", "message": {"content": ""}, "done": True, "prompt_eval_count": 3, "eval_count": 4}, False),
]  # fmt: skip

STREAMS = [
    (CHAT_CHUNKS, {"input": 9, "output": 12, "model": "gpt-4o", "finish": ("tool_calls",), "tools": 2}),
    (RESPONSE_EVENTS, WHOLE[5][1]),
    (MESSAGE_EVENTS, {"input": 30, "output": 15, "cached": 5, "model": "claude", "finish": ("content_filter",),
                      "tools": 1, "refusal": True}),
    (GEMINI_CHUNKS, {"input": 7, "output": 6, "model": "g", "finish": ("stop",), "tools": 2}),
    (CONVERSE_EVENTS, {"input": 9, "output": 3, "finish": ("stop",), "tools": 1}),
    (COHERE_EVENTS, {"input": 17, "output": 3, "finish": ("stop",), "tools": 1}),
    (COHERE_EVENTS_OF_OLD, {"input": 3, "output": 4, "finish": ("length",)}),
    (VLLM_PIECES, {"input": 3, "finish": ("stop",)}),
    (TEXT_GENERATION_CHUNKS, {"input": 6, "output": 2, "finish": ("length",)}),
    (OLLAMA_CHUNKS, {"input": 3, "output": 4, "model": "llama"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pieces", "expected"), STREAMS,
    ids=["chat", "responses", "messages", "gemini", "converse", "cohere", "cohere of old", "vllm", "text", "ollama"],
)  # fmt: skip
def test_a_stream_is_read_piece_by_piece(stream, form, pieces, expected):
    """What comes later wins; roles, beginnings and ends are no content."""
    if pieces is CONVERSE_EVENTS and not isinstance(form({}), dict):
        form = dict  # its library gives nothing else

    content, found = stream([form(piece) for piece, _ in pieces])

    assert content == [has_content for _, has_content in pieces]
    assert found == expected


def test_answers_that_come_by_turns_are_told_apart(stream, form):
    """By their index: two were asked for, and each chunk has a piece of one."""
    pieces = [
        {"choices": [{"index": index, "delta": {"tool_calls": [{"index": 0}]}, "finish_reason": reason}]}
        for index, reason in ((0, None), (1, None), (1, "stop"), (0, "length"))
    ]

    assert stream([form(piece) for piece in pieces])[1] == {"finish": ("length", "stop"), "tools": 2}


@pytest.mark.parametrize(
    ("piece", "has_content"),
    [("Hi", True), ("", False), (b"data: x", True), (b"", False), (None, False), ({}, False), ([], False), ((), False),
     ({"anything": 1}, True), (object(), True), (7, True), ([1], True)],
)  # fmt: skip
def test_a_piece_of_no_known_shape_is_content_unless_it_is_empty(stream, piece, has_content):
    """An application's own pieces, of which nothing else is read."""
    assert stream([piece]) == ([has_content], {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [("stop", "stop"), ("END_TURN", "stop"), (" length ", "length"), ("max-tokens", "length"), ("safety", "content_filter"),
     ("sleepy", "other"), ("FINISH_REASON_UNSPECIFIED", None), ("", None), (None, None), (3, None),
     (enum.Enum("Reason", "MAX_TOKENS").MAX_TOKENS, "length"), (enum.StrEnum("Text", {"A": "SAFETY"}).A, "content_filter"),
     (enum.IntEnum("Number", "STOP").STOP, "stop")],
)  # fmt: skip
def test_reasons_are_words_or_members_of_enumerations(answer, value, reason):
    """As many as the catalogue has, and nothing where nothing is said."""
    found = answer({"choices": [{"finish_reason": value}]})

    assert found == ({} if reason is None else {"finish": (reason,)})


class Hiding:
    """Says what it keeps by running code."""

    @property
    def __dict__(self):
        raise AssertionError("nobody may run this")


class HidingQuietly(types.SimpleNamespace):
    """Likewise, and lies."""

    __dict__ = property(lambda self: {"usage": {"prompt_tokens": 1}})


def test_a_property_that_is_called_dict_is_not_run(answer, stream):
    """What it keeps is unknown."""
    for value in (Hiding(), HidingQuietly(**CHAT)):
        assert answer(value) == {}
        assert stream([value])[1] == {}


@pytest.mark.parametrize("number", [-1, 2**33, 1.5, "7", True])
def test_a_number_that_can_be_no_count_is_unknown(answer, number):
    """Such as -1, by which some servers say that they do not know."""
    assert answer({"usage": {"prompt_tokens": number, "completion_tokens": 4}}) == {"output": 4}


def test_texts_and_calls_of_tools_are_bounded(answer, stream):
    """Whatever an answer brings; blanks are no name."""
    many = {
        "candidates": [{"content": {"parts": [{"function_call": {}}] * 100}}],
        "model_version": "\ud800" * 500,
    }
    _, found = stream([many] * 20)

    assert found["tools"] == 1024
    assert found["model"] == "?" * 128
    assert answer({"model": "  ", "usage": {"prompt_tokens": 1}}) == {"input": 1}


def test_a_stream_may_change_its_shape(stream):
    """What has read the last piece is asked first, and not alone."""
    pieces = [piece for piece, _ in (*OLLAMA_CHUNKS, *GEMINI_CHUNKS, *CHAT_CHUNKS, *MESSAGE_EVENTS[:1])]
    assert stream(pieces)[1]["input"] == 30


class Rubbish:
    """Whatever is done with it raises."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __iter__ = __len__ = __bool__ = __eq__ = __hash__ = __str__ = __index__ = __getattribute__


def spoilt(value):
    """Yield a value again and again, each time with rubbish in another place, and at last in all its places."""
    yield Rubbish()
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ({**value, name: bad} for bad in spoilt(each))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], bad, *value[place + 1 :]] for bad in spoilt(each))


@pytest.mark.parametrize("value", [value for value, _ in WHOLE], ids=NAMES)
def test_rubbish_in_any_place_is_unknown(answer, stream, form, value):
    """It is not asked for its truth, its length, its text or its attributes."""
    for bad in spoilt(value):
        answer(form(bad))
        stream([form(bad)])


@pytest.mark.parametrize("pieces", [pieces for pieces, _ in STREAMS])
def test_rubbish_in_any_piece_is_unknown(stream, form, pieces):
    """Likewise."""
    for piece, _ in pieces:
        for bad in spoilt(piece):
            stream([form(bad)])
