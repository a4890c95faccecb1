"""A service as a team of OpenTelemetry would write it: FastAPI, traced, pushing, with two models.

Started by ``test_whole_way.py`` with uvicorn; what it needs stands in its environment.
"""

import asyncio
import os
import time

import fastapi
import uvicorn
from fastapi.responses import StreamingResponse
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

import mlexporter

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

app = fastapi.FastAPI()


@mlexporter.monitor(model="fares", version="3", profile=os.environ["PROFILE"])
def predict(trip: dict) -> float:
    """Answer slowly where the trip is long."""
    time.sleep(0.06 if trip["distance"] > 100 else 0)
    return 2.5 + trip["distance"]


@mlexporter.monitor(kind="chat", model="concierge", version="1", provider="house", request_model="small")
async def chat(question: str):
    """Stream an answer as an OpenAI client does: pieces, then the usage."""
    for word in f"You asked {question}".split():
        await asyncio.sleep(0.01)
        yield {"model": "small-2", "choices": [{"delta": {"content": word}, "finish_reason": None}]}
    yield {"model": "small-2", "choices": [{"delta": {}, "finish_reason": "stop"}]}
    yield {"model": "small-2", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}


@app.post("/fare")
def fare(trip: dict) -> float:
    """Predict; the decorator sees the trip."""
    return predict(trip)


@app.get("/ask")
async def ask(question: str) -> StreamingResponse:
    """Stream the words of the answer."""

    async def words():
        async for piece in chat(question):
            for choice in piece["choices"]:
                yield choice["delta"].get("content", "")

    return StreamingResponse(words())


FastAPIInstrumentor.instrument_app(app)
mlexporter.serve(int(os.environ["METRICS_PORT"]))
mlexporter.push()

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
